/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that were collected beside the logs: web folders, what ASP.NET compiled, configuration,
 * the log of the setup, exported objects. All text of our own, and inert. There are no pages under
 * vendors' names: their bytes are not ours to give, and others would rightly be told.
 */
#include "story.h"

static const Truth page = { "attack", "shell-written", "the page that was written" };
static const Truth remains = { "attack", "shell-written", "what ASP.NET keeps of a page" };
static const Truth object = { "attack", "entered", "the script in the directory's address" };

#define COMPILED                                                                                   \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<preserve resultType=\"3\" "                \
	"virtualPath=\"%s\" hash=\"fffffffff7f1c3c8\" filehash=\"ffff3c8b7f1c3c80\" "              \
	"flags=\"110000\" assembly=\"App_Web_%s\" type=\"ASP.%s\">\r\n    <filedeps>\r\n        "  \
	"<filedep name=\"%s\" />\r\n    </filedeps>\r\n</preserve>\r\n"
#define TEMPORARY "C/Windows/Microsoft.NET/Framework64/v4.0.30319/Temporary ASP.NET Files/"

static const char settings_as_page[] =
	"Name                            : OAB (Default Web Site)\r\n"
	"PollInterval                    : 480\r\n"
	"OfflineAddressBooks             : \r\n"
	"InternalUrl                     : https://ex01.corp.example.com/OAB\r\n"
	"InternalAuthenticationMethods   : WindowsIntegrated\r\n"
	"ExternalUrl                     : " INERT_SCRIPT "\r\n"
	"ExternalAuthenticationMethods   : WindowsIntegrated\r\n"
	"ExtendedProtectionTokenChecking : None\r\n"
	"MetabasePath                    : IIS://EX01.corp.example.com/W3SVC/1/ROOT/OAB\r\n"
	"Identity                        : EX01\\OAB (Default Web Site)\r\n";

static const char web_config[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n"
	"  <system.webServer>\r\n    <httpErrors existingResponse=\"PassThrough\" />\r\n"
	"  </system.webServer>\r\n</configuration>\r\n";

static const char host_config[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n"
	"  <system.applicationHost>\r\n    <sites>\r\n"
	"      <site name=\"Default Web Site\" id=\"1\">\r\n"
	"        <application path=\"/\">\r\n"
	"          <virtualDirectory path=\"/\" physicalPath=\"%SystemDrive%\\inetpub\\wwwroot\" "
	"/>\r\n"
	"        </application>\r\n"
	"        <application path=\"/owa\" applicationPool=\"MSExchangeOWAAppPool\">\r\n"
	"          <virtualDirectory path=\"/\" physicalPath=\"C:\\Program "
	"Files\\Microsoft\\Exchange "
	"Server\\V15\\FrontEnd\\HttpProxy\\owa\" />\r\n"
	"        </application>\r\n      </site>\r\n    </sites>\r\n  </system.applicationHost>\r\n"
	"</configuration>\r\n";

static const char setup_log[] =
	"[12/28/2020 21:40:02.0101] [0] **********************************************\r\n"
	"[12/28/2020 21:40:02.0103] [0] Starting Microsoft Exchange Server 2016 Setup\r\n"
	"[12/28/2020 21:40:02.0103] [0] **********************************************\r\n"
	"[12/28/2020 21:40:02.0110] [0] Local time zone: (UTC+01:00) Amsterdam, Berlin, Bern, "
	"Rome, "
	"Stockholm, Vienna.\r\n"
	"[12/28/2020 21:40:02.0110] [0] Operating system version: Microsoft Windows NT "
	"6.2.9200.0.\r\n"
	"[12/28/2020 21:40:02.0112] [0] Setup version: 15.1.2176.2.\r\n"
	"[12/28/2020 21:40:02.0113] [0] Logged on user: CORP\\adm.berg.\r\n"
	"[12/28/2020 21:40:31.0577] [0] The locally installed version is 15.1.2106.2.\r\n"
	"[12/28/2020 22:51:44.0316] [0] The Exchange Server setup operation completed "
	"successfully.\r\n";

static char *directory(const char *address)
{
	static const char head[] =
		"\"Name\",\"Server\",\"InternalUrl\",\"ExternalUrl\",\"Path\","
		"\"MetabasePath\",\"WhenChanged\",\"Identity\",\"AdminDisplayVersion\"\r\n";
	g_autoptr(GString) text = g_string_new(address);

	g_string_replace(text, "\"", "\"\"", 0);
	return g_strdup_printf(
		"%s\"OAB (Default Web "
		"Site)\",\"EX01\",\"https://ex01.corp.example.com/OAB\",\"%s\","
		"\"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\FrontEnd\\HttpProxy\\OAB\","
		"\"IIS://EX01.corp.example.com/W3SVC/1/ROOT/OAB\",\"2021-03-03 05:07:27\","
		"\"EX01\\OAB (Default Web Site)\",\"Version 15.1 (Build 2176.2)\"\r\n",
		head, text->str);
}

static gboolean attacked(Farm *f, GError **error)
{
	static const struct {
		const char *folder, *file, *path, *type;
	} compiled[] = {
		{ TEMPORARY "owa/8e05b027/e164d61b/", "auth/", "/owa/auth/" SHELL_ONE,
			"outlookza" },
		{ TEMPORARY "root/e22c2559/92c7e946/", "", "/aspnet_client/system_web/" SHELL_TWO,
			"iisadmin" },
	};
	g_autofree char *exported = directory(INERT_SCRIPT);

	for (guint i = 0; i < G_N_ELEMENTS(compiled); i++) {
		g_autofree char *name = g_path_get_basename(compiled[i].path);
		g_autofree char *path =
			g_strdup_printf("%s%s.2c1f83a%u.compiled", compiled[i].folder, name, i);
		g_autofree char *text = g_strdup_printf(
			COMPILED, compiled[i].path, "k3v0q1za", compiled[i].type, compiled[i].path);

		if (!farm_file(f, EX01, path, text, -1, &remains, error))
			return FALSE;
	}
	return farm_file(f, EX01, FARM_V15 "FrontEnd/HttpProxy/owa/auth/" SHELL_ONE,
		       settings_as_page, -1, &page, error) &&
		farm_file(f, EX01, "C/inetpub/wwwroot/aspnet_client/system_web/" SHELL_TWO,
			"<!-- spoor: an inert stand-in for a page that takes orders; there is "
			"nothing in it. "
			"-->\r\n",
			-1, &page, error) &&
		farm_file(f, EX01, "exported/Get-OabVirtualDirectory.csv", exported, -1, &object,
			error) &&
		farm_file(f, EX01, "C/ExchangeSetupLogs/ExchangeSetup.log", setup_log, -1, NULL,
			error);
}

gboolean files_write(Farm *f, GError **error)
{
	for (guint s = 0; s < farm_size(f)->n_servers; s++) {
		ServerId server = (ServerId)s;

		if (!farm_file(f, server, "C/inetpub/wwwroot/web.config", web_config, -1, NULL,
			    error) ||
			!farm_file(f, server, "C/inetpub/wwwroot/aspnet_client/web.config",
				web_config, -1, NULL, error) ||
			!farm_file(f, server, FARM_V15 "FrontEnd/HttpProxy/owa/web.config",
				web_config, -1, NULL, error) ||
			!farm_file(f, server,
				"C/Windows/System32/inetsrv/config/applicationHost.config",
				host_config, -1, NULL, error))
			return FALSE;
	}
	return attacked(f, error);
}
