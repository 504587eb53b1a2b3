/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Web shells on Exchange servers in the clothes in which the flaws of 2021 brought them: as the settings of a
 * virtual directory, as a mailbox or a certificate request that was exported to a page, as what ASP.NET compiled
 * of them. What betrays them is that a page's text stands where no page has it, or that a file which is no text
 * is called a page.
 */

rule exchange_virtual_directory_dump_with_script
{
	meta:
		id = "95055b2e-856c-42f3-871c-8b7107855f93"
		description = "Settings of an Exchange virtual directory with script in them, whatever the address begins with"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/analysis-reports/ar21-084a"
		reference1 = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
		mitre_attack = "T1505.003, T1190"
		score = 95
		falsepositives = "None known"
	strings:
		$a = "InternalAuthenticationMethods" nocase
		$b = "ExternalAuthenticationMethods" nocase
		$c = "ExtendedProtectionTokenChecking" nocase
		$d = "MetabasePath" nocase
		$url = /(External|Internal)Url\s{0,64}:/ nocase
		$script = /<\s{0,4}script[^>]{0,100}runat\s{0,4}=/ nocase
	condition:
		filesize < 1MB and $url and $script and 2 of ($a, $b, $c, $d)
}

rule exchange_mailbox_export_as_page
{
	meta:
		id = "71931a75-b192-49e1-bd55-5ff9ba8fa5f6"
		description = "Mailbox archive (PST) with the code of a server page in it: what ProxyShell exports to a web folder"
		author = "The spoor authors"
		reference = "https://www.huntress.com/blog/rapid-response-microsoft-exchange-servers-still-vulnerable-to-proxyshell-exploit"
		mitre_attack = "T1505.003, T1036.008"
		score = 90
		falsepositives = "Archives without encoding in which developers mail pages to each other"
	strings:
		$directive = /<%@\s{0,8}(Page|WebHandler|WebService|Import|Assembly)\s/ nocase
		$script = /<\s{0,4}script[^>]{0,100}runat\s{0,4}=/ nocase
	condition:
		uint32(0) == 0x4E444221 and any of them and
		(filesize < 5MB or (extension == ".aspx" or extension == ".asp" or extension == ".ashx" or extension == ".asmx" or extension == ".ascx"))
}

rule exchange_certificate_request_as_page
{
	meta:
		id = "90b8b675-dc62-4595-8218-202632ac194c"
		description = "Certificate or request for one (DER) with the code of a server page in it: what ProxyShell exports to a web folder"
		author = "The spoor authors"
		reference = "https://www.huntress.com/blog/rapid-response-microsoft-exchange-servers-still-vulnerable-to-proxyshell-exploit"
		mitre_attack = "T1505.003, T1036.008"
		score = 90
		falsepositives = "None known"
	strings:
		$directive = /<%@\s{0,8}(Page|WebHandler|WebService|Import|Assembly)\s/ nocase
		$script = /<\s{0,4}script[^>]{0,100}runat\s{0,4}=/ nocase
	condition:
		uint16(0) == 0x8230 and filesize < 64KB and any of them
}

rule exchange_page_behind_binary_head
{
	meta:
		id = "88cef94c-c3c5-46d7-b51f-3c187e17d87a"
		description = "File called a server page that begins with bytes of no text, with the code of a page behind them"
		author = "The spoor authors"
		reference = "https://www.huntress.com/blog/rapid-response-microsoft-exchange-servers-still-vulnerable-to-proxyshell-exploit"
		mitre_attack = "T1505.003, T1036.008"
		score = 80
		falsepositives = "Pages in UTF-16 without byte order mark, or in an old encoding with an accent in the first line"
	strings:
		$directive = /<%@\s{0,8}(Page|WebHandler|WebService|Import|Assembly)\s/ nocase
		$script = /<\s{0,4}script[^>]{0,100}runat\s{0,4}=/ nocase
	condition:
		filesize < 5MB and any of them and
		(extension == ".aspx" or extension == ".asp" or extension == ".ashx" or extension == ".asmx" or extension == ".ascx") and
		for any i in (0..7): (uint8(i) < 9 or uint8(i) == 11 or (uint8(i) > 13 and uint8(i) < 32) or uint8(i) > 127) and
		not (uint16(0) == 0xBBEF and uint8(2) == 0xBF) and uint16(0) != 0xFEFF and uint16(0) != 0xFFFE and
		uint32(0) != 0x4E444221 and uint16(0) != 0x8230
}

rule exchange_compiled_page_of_open_folder
{
	meta:
		id = "95ed39ba-eca2-4c83-8339-f822826d4801"
		description = "Page that ASP.NET compiled (App_Web_*.dll) of a folder without pages, or of owa/auth under a name that Exchange has not"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
		reference1 = "https://www.bsi.bund.de/SharedDocs/Cybersicherheitswarnungen/DE/2021/2021-197772-1032.html"
		mitre_attack = "T1505.003"
		score = 80
		falsepositives = "Pages of your own there"
	strings:
		$client = "~/aspnet_client/" wide ascii nocase
		$auth = /~\/auth\/[A-Za-z0-9_.-]{1,40}\.as[hmp]x/ wide ascii nocase
		$vendor = /~\/auth\/(logon|logoff|errorFE|ExpiredPassword|signout|OutlookCN|RedirSuiteServiceProxy|frowny|SvmFeedback|TimeoutLogout|error2?)\.aspx/ wide ascii nocase
		$does1 = "get_Request"
		$does2 = "get_Files"
		$does3 = "JScriptEvaluate"
		$does4 = "ProcessStartInfo"
	condition:
		uint16(0) == 0x5A4D and filesize < 200KB and filename istartswith "App_Web_" and
		($client or #auth > #vendor) and any of ($does*)
}

rule exchange_page_code_in_configuration
{
	meta:
		id = "4b227570-4be9-43e0-b1b1-0c5ec0e0ea8e"
		description = "web.config that holds the code of a page and makes IIS run it"
		author = "The spoor authors"
		reference = "https://attack.mitre.org/techniques/T1505/003/"
		mitre_attack = "T1505.003"
		score = 85
		falsepositives = "None known"
	strings:
		$code = "<%"
		$handler = /(scriptProcessor|type)\s{0,4}=\s{0,4}"[^"]{0,200}(asp\.dll|PageHandlerFactory|SimpleHandlerFactory)/ nocase
		$unhidden = /<remove\s[^>]{0,40}(fileExtension|segment)\s{0,4}=\s{0,4}"(\.config|web\.config)"/ nocase
	condition:
		filesize < 1MB and filename iequals "web.config" and $code and ($handler or $unhidden)
}

rule exchange_page_evaluates_behind_comment
{
	meta:
		id = "4fe7f4d6-e6f1-4dc8-bff5-252e547cf26f"
		description = "Server page that puts a comment between eval and what it evaluates, so that nobody finds it by text"
		author = "The spoor authors"
		reference = "https://www.huntress.com/blog/rapid-response-microsoft-exchange-servers-still-vulnerable-to-proxyshell-exploit"
		mitre_attack = "T1505.003"
		score = 85
		falsepositives = "None known"
	strings:
		$eval = /\beval\s{0,4}\/\*[^*\r\n]{0,200}\*\/\s{0,4}\(/ nocase
		$page = "<%"
		$script = /<\s{0,4}script[^>]{0,100}runat\s{0,4}=/ nocase
	condition:
		filesize < 1MB and $eval and ($page or $script)
}

rule exchange_crash_report_of_control_panel
{
	meta:
		id = "7cd8939e-2052-4c32-af06-47f07c0e1578"
		description = "Crash report of the worker process of Exchange's control panel, as attempts against updated servers leave"
		author = "The spoor authors"
		reference = "https://github.com/Neo23x0/signature-base"
		mitre_attack = "T1190"
		score = 40
		falsepositives = "Faults that nobody caused"
	strings:
		$process = "w3wp.exe" wide ascii nocase
		$pool = "MSExchangeECPAppPool" wide ascii nocase
	condition:
		filesize < 1MB and extension == ".wer" and all of them
}
