import "pe"
import "vt"
import "magic"
include "other.yar"

rule good_one : tag1 { meta: author = "x" score = 80 mitre_att = "T1059.001, T1003" strings: $a = "abc" condition: $a }
rule bad_ref { condition: nosuch and $a }
rule uses_vt { condition: vt.metadata.x }
private rule helper { strings: $h = { 4D 5A } condition: $h at 0 }
rule dup { condition: helper }
rule dup { condition: true }
rule dep { condition: bad_ref }
garbage here
rule unclosed { strings: $a = "}" private
condition: $a
global rule g { condition: filesize < 10MB }
rule wild { condition: any of (good_*) }
rule good_two { condition: true }
rule slow { strings: $a = /a+.*/ condition: $a }
/* rule commented { condition: true } */
rule re { strings: $a = /foo\/["]{2}/ $b = "a\"}" condition: any of them }
rule badre { strings: $a = /foo(/ condition: any of them }
rule mag { condition: magic.type() contains "x" }
