/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Web shells of one line: pages that run what a request brings. What tells them from other pages is
 * that a function which evaluates text or starts a program gets its argument from the request, with
 * nothing between. Small variations in writing (spaces, case, which collection of the request) are
 * allowed for; shells that hide what they do are not what these rules are for.
 */

rule webshell_aspx_evaluates_request
{
	meta:
		id = "712d7af8-dff9-4d6b-a328-df8f64711d8d"
		description = "ASP.NET page that evaluates text out of the request, as China Chopper's server side does"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
		reference1 = "https://attack.mitre.org/techniques/T1505/003/"
		reference2 = "https://attack.mitre.org/software/S0020/"
		mitre_attack = "T1505.003, T1059"
		score = 90
		falsepositives = "Pages that teach or test attacks, and rules of other tools that look for web shells"
	strings:
		$page = "<%"
		$script = /<script[^>]{0,100}runat\s{0,4}=/ nocase
		$eval = /\beval\s{0,8}\(\s{0,8}(System\.Text\.Encoding\.[A-Za-z0-9.]{1,32}GetString\s{0,8}\(\s{0,8}(System\.)?Convert\.FromBase64String\s{0,8}\(\s{0,8})?Request\s{0,8}(\.\s{0,8}(Item|Form|QueryString|Params|Headers|Cookies)\s{0,8})?[\[(]/ nocase
	condition:
		filesize < 500KB and $eval and ($page or $script)
}

rule webshell_asp_executes_request
{
	meta:
		id = "d16d37eb-0df7-46a7-b657-c1398e8a011f"
		description = "Classic ASP page that executes text out of the request"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
		reference1 = "https://attack.mitre.org/techniques/T1505/003/"
		mitre_attack = "T1505.003, T1059.005"
		score = 85
		falsepositives = "Pages that teach or test attacks, and rules of other tools that look for web shells"
	strings:
		$page = "<%"
		$execute = /\b(eval|execute|executeglobal)[\s(]{1,16}request\s{0,8}(\.\s{0,8}(form|querystring|item)\s{0,8})?\(/ nocase
	condition:
		filesize < 500KB and all of them
}

rule webshell_aspx_starts_program_from_request
{
	meta:
		id = "cd3bb479-d743-4c14-a060-fe869bd07d0b"
		description = "ASP.NET page that starts a command interpreter with arguments of the request"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
		reference1 = "https://attack.mitre.org/techniques/T1505/003/"
		mitre_attack = "T1505.003, T1059.003"
		score = 80
		falsepositives = "Pages for administrators that run commands; those should not be on a server that the internet reaches"
	strings:
		$page = "<%@"
		$start = /\b(ProcessStartInfo|Process\s{0,4}\.\s{0,4}Start)\b/
		$shell = /\b(cmd|powershell)\.exe\b/ nocase
		$request = /\bRequest\s{0,4}(\.\s{0,4}(Item|Form|QueryString|Params|Headers)\s{0,4})?[\[(]/
	condition:
		filesize < 200KB and all of them
}

rule webshell_aspx_writes_file_from_request
{
	meta:
		id = "e17b7ac9-1422-414e-8d34-08ed4fb2c261"
		description = "ASP.NET page that writes what the request brings to a file that the request names"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
		reference1 = "https://attack.mitre.org/techniques/T1505/003/"
		mitre_attack = "T1505.003, T1105"
		score = 75
		falsepositives = "Upload pages that write to any path: a hole of their own"
	strings:
		$page = "<%"
		$write = /\bFile\s{0,4}\.\s{0,4}(WriteAll(Text|Bytes)|AppendAllText|CreateText)\s{0,8}\(\s{0,8}(Server\s{0,4}\.\s{0,4}MapPath\s{0,8}\(\s{0,8})?Request\s{0,8}[.\[(]/ nocase
	condition:
		filesize < 500KB and all of them
}

rule webshell_php_runs_request
{
	meta:
		id = "a04422e9-e680-4fe6-af22-fa78a69b6679"
		description = "PHP page that evaluates or runs what the request brings, as it is or decoded"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
		reference1 = "https://attack.mitre.org/techniques/T1505/003/"
		mitre_attack = "T1505.003, T1059"
		score = 85
		falsepositives = "Pages that teach or test attacks, and rules of other tools that look for web shells"
	strings:
		$page = "<?"
		$run = /\b(eval|assert|system|shell_exec|passthru|exec|popen|proc_open|pcntl_exec)\s{0,8}\(\s{0,8}(@?(base64_decode|str_rot13|gzinflate|gzuncompress|stripslashes|hex2bin|trim|urldecode)\s{0,8}\(\s{0,8}){0,4}@?\$_(GET|POST|REQUEST|COOKIE|SERVER)\s{0,4}[\[{]/ nocase
	condition:
		filesize < 500KB and all of them
}

rule webshell_jsp_runs_request
{
	meta:
		id = "6837b5af-13b3-477f-ab16-7480245f8a00"
		description = "JSP page that runs a command out of the request"
		author = "The spoor authors"
		reference = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
		reference1 = "https://attack.mitre.org/techniques/T1505/003/"
		mitre_attack = "T1505.003, T1059"
		score = 85
		falsepositives = "Pages that teach or test attacks, and rules of other tools that look for web shells"
	strings:
		$page = "<%"
		$tag = "<jsp:scriptlet"
		$exec = /getRuntime\s{0,8}\(\s{0,8}\)\s{0,8}\.\s{0,8}exec\s{0,8}\([^;]{0,80}request\s{0,8}\.\s{0,8}get(Parameter|Header|QueryString)/
		$builder = /new\s{1,8}ProcessBuilder\s{0,8}\([^;]{0,80}request\s{0,8}\.\s{0,8}get(Parameter|Header|QueryString)/
	condition:
		filesize < 500KB and ($page or $tag) and ($exec or $builder)
}
