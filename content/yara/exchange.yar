/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the intruders of early 2021 left on Exchange servers. They wrote script into the external address
 * of the offline address book's virtual directory and let Exchange export that directory's settings to a
 * page: so the page holds a list of settings that no page has any reason to hold.
 */

rule exchange_virtual_directory_address_with_script
{
	meta:
		id = "b74dafac-ba6b-4832-a29f-aec009fd7dc1"
		description = "Settings of an Exchange virtual directory whose address holds script: ProxyLogon's web shell"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/analysis-reports/ar21-084a"
		reference1 = "https://www.microsoft.com/en-us/security/blog/2021/03/02/hafnium-targeting-exchange-servers/"
		mitre_attack = "T1505.003, T1190"
		score = 100
		falsepositives = "None known"
	strings:
		$address = /(External|Internal)Url\s{0,64}:\s{0,8}https?:\/\/[^\r\n]{0,200}<\s{0,4}script/ nocase
		$wide = /(External|Internal)Url\s{0,64}:\s{0,8}https?:\/\/[^\r\n]{0,200}<\s{0,4}script/ nocase wide
	condition:
		filesize < 1MB and any of them
}

rule exchange_virtual_directory_settings_as_page
{
	meta:
		id = "02d183c2-11d2-4e0d-a062-246124155df3"
		description = "Settings of the offline address book's virtual directory, exported to a web page"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/analysis-reports/ar21-084a"
		reference1 = "https://www.microsoft.com/en-us/security/blog/2021/03/02/hafnium-targeting-exchange-servers/"
		mitre_attack = "T1505.003"
		score = 85
		falsepositives = "Documentation that shows such settings, as a page"
	strings:
		$a = /OfflineAddressBooks\s{1,64}:/
		$b = /PollInterval\s{1,64}:/
		$c = /MetabasePath\s{1,64}:\s{0,8}IIS:\/\//
		$d = /ExternalUrl\s{1,64}:/
		$e = /InternalUrl\s{1,64}:/
		$f = "OAB (Default Web Site)"
	condition:
		filesize < 1MB and 4 of them and
		(extension == ".aspx" or extension == ".asp" or extension == ".ashx" or extension == ".asmx")
}

rule exchange_compiled_page_evaluates_request
{
	meta:
		id = "21c0a009-7aa6-425d-9659-a5b073338a6a"
		description = "Page that ASP.NET compiled (App_Web_*.dll) which evaluates JScript out of the request"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
		reference1 = "https://attack.mitre.org/techniques/T1505/003/"
		mitre_attack = "T1505.003"
		score = 80
		falsepositives = "Pages in JScript that evaluate text; Exchange has none"
	strings:
		$eval = "JScriptEvaluate"
		$request = "get_Request"
		$page = "ProcessRequest"
	condition:
		uint16(0) == 0x5A4D and filesize < 200KB and filename istartswith "App_Web_" and all of them
}
