/* Inert. */
import "pe"
import "hash"
global private rule small { condition: filesize < 1MB }
rule one : tag_a tag_b
{
	meta:
		author = "x" // }
		score = 75
		mitre_attack = "T1059.001"
	strings:
		$a = "text \" } { \\" wide ascii nocase fullword private
		$b = /re[/]{2}\/"}/is
		$c = { 4D 5A ?? [2-4] ( 00 | FF ) /* } */ // }
			~00 }
		$d = "xor" xor(0x01-0xff)
	condition:
		small and any of ($a, $b*) and not #c > 2 and @d[1] < 10 and !d == 3 and
		for all i in (1..3) : ( uint16(i) == 0x5A4D ) and pe.number_of_sections > 1
}
private rule two { condition: 1 of (one, o*) and one }
