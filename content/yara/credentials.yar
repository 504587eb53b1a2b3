/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Credentials taken from a system, lying in a file: what such a file is, not which tool made it.
 */

rule credentials_lsass_memory_dump
{
	meta:
		id = "6520e264-b82d-44a3-8294-54b42d3ae14d"
		description = "Dump of the memory of lsass.exe, which holds credentials of logged-on users"
		author = "The spoor authors"
		reference = "https://attack.mitre.org/techniques/T1003/001/"
		mitre_attack = "T1003.001"
		score = 80
		falsepositives = "Dumps that Windows Error Reporting made when lsass crashed, or that support asked for"
	strings:
		$process = "lsass.exe" wide nocase
		$library = "lsasrv.dll" wide nocase
	condition:
		uint32(0) == 0x504D444D and all of them
}

rule credentials_domain_database_copy
{
	meta:
		id = "d7d22cda-8535-401f-803e-491d9786099a"
		description = "Active Directory's database outside of its folder"
		author = "The spoor authors"
		reference = "https://attack.mitre.org/techniques/T1003/003/"
		mitre_attack = "T1003.003"
		score = 75
		falsepositives = "Backups of a domain controller"
	strings:
		$table = "datatable"
		$links = "link_table"
		$secret = "ATTk589914"
	condition:
		uint32(4) == 0x89ABCDEF and all of them and not filepath icontains "\\Windows\\NTDS"
}
