/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/literal.h"

#include <math.h>

#include "base/hash.h"

#define GRAM_COUNTERS	  65536
#define COUNTER_BITS	  16
#define TYPICAL_WEIGHT	  64 /* a gram of typical text counts as one of so many literals */
#define TYPICAL_CONTAINED 0.25f
#define TYPICAL_WHOLE	  0.1f
#define MAX_BITS	  14 /* nothing is guessed to be rarer than 1 in 2^14 */

struct LiteralSet {
	GArray *literals;  /* Literal */
	GHashTable *known; /* text with the kind behind it (Slice *) -> number + 1 */
	GPtrArray *keys;   /* owns the keys: a Slice and the bytes it stands for behind it */
};

/*
 * What texts in Windows logs mostly consist of, folded. Pieces of it make bad triggers, since they
 * stand in every other event. One line is one whole value or a common part of values.
 */
static const char typical_text[] =
	"c:\\windows\\system32\\\n"
	"c:\\windows\\syswow64\\\n"
	"c:\\windows\\system32\\svchost.exe -k netsvcs -p -s\n"
	"c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe\n"
	"c:\\windows\\system32\\cmd.exe /c \"\n"
	"c:\\windows\\system32\\services.exe\n"
	"c:\\windows\\system32\\lsass.exe\n"
	"c:\\windows\\system32\\conhost.exe 0xffffffff -forcev1\n"
	"c:\\windows\\system32\\rundll32.exe\n"
	"c:\\windows\\system32\\wbem\\wmiprvse.exe -secured -embedding\n"
	"c:\\windows\\explorer.exe\n"
	"c:\\windows\\temp\\\n"
	"c:\\windows\\system32\\config\\systemprofile\\appdata\\local\\\n"
	"c:\\program files\\common files\\\n"
	"c:\\program files (x86)\\microsoft office\\\n"
	"c:\\program files\\windows defender\\\n"
	"c:\\programdata\\microsoft\\\n"
	"c:\\users\\administrator\\appdata\\local\\temp\\\n"
	"c:\\users\\public\\desktop\\downloads\\documents\\\n"
	"c:\\users\\\\appdata\\roaming\\microsoft\\windows\\\n"
	"hklm\\software\\microsoft\\windows\\currentversion\\\n"
	"hklm\\software\\microsoft\\windows nt\\currentversion\\\n"
	"hklm\\system\\currentcontrolset\\services\\\n"
	"hkcu\\software\\classes\\\n"
	"\\registry\\machine\\system\\\n"
	"\\registry\\user\\s-1-5-21-\n"
	"\\device\\harddiskvolume\n"
	"\\??\\c:\\windows\n"
	"microsoft corporation\n"
	"microsoft windows\n"
	"microsoft-windows-\n"
	"microsoft\xc2\xae windows\xc2\xae operating system\n"
	"nt authority\\system\n"
	"nt authority\\local service\n"
	"nt authority\\network service\n"
	"sha1=,md5=,sha256=,imphash=\n"
	"https://www.http://.com\n"
	"0x0000000000000000 0x1fffff 0x1000 0x1400 0x1410\n"
	"00000000-0000-0000-0000-000000000000\n"
	"127.0.0.1\n"
	".exe\n.dll\n.ps1\n.txt\n.tmp\n.lnk\n.log\n.dat\n.bat\n.sys\n.vbs\n"
	"true\nfalse\nsystem\nhigh\nmedium\nsetvalue\ncreatekey\ndeletevalue\n"
	"valid\nunavailable\n-\nuser32\nadvapi\nkerberos\nntlm\nnegotiate\nunknown\n";

static guint gram_counter(const guint8 *gram)
{
	guint32 number = (guint32)gram[0] | (guint32)gram[1] << 8 | (guint32)gram[2] << 16 |
		(guint32)gram[3] << 24;

	return (number * 0x9E3779B1u) >> (32 - COUNTER_BITS);
}

LiteralSet *literal_set_new(void)
{
	LiteralSet *set = g_new0(LiteralSet, 1);

	set->literals = g_array_new(FALSE, FALSE, sizeof(Literal));
	set->known = g_hash_table_new(slice_hash_key, slice_equal_key);
	set->keys = g_ptr_array_new_with_free_func(g_free);
	return set;
}

void literal_set_free(LiteralSet *set)
{
	if (!set)
		return;
	g_array_unref(set->literals);
	g_hash_table_unref(set->known);
	g_ptr_array_unref(set->keys);
	g_free(set);
}

guint literal_set_add(LiteralSet *set, LiteralKind kind, Slice folded)
{
	/* The key is the text with the kind as one more byte; the literal's text is its start. */
	g_autofree Slice *key = g_malloc(sizeof(Slice) + folded.size + 1);
	guint8 *bytes = (guint8 *)(key + 1);

	if (folded.size)
		memcpy(bytes, folded.data, folded.size);
	bytes[folded.size] = (guint8)kind;
	*key = slice_make(bytes, folded.size + 1);

	gpointer known = g_hash_table_lookup(set->known, key);

	if (known)
		return GPOINTER_TO_UINT(known) - 1;

	Literal literal = { .text = slice_make(bytes, folded.size), .kind = kind };

	g_array_append_val(set->literals, literal);
	g_hash_table_insert(set->known, key, GUINT_TO_POINTER(set->literals->len));
	g_ptr_array_add(set->keys, g_steal_pointer(&key));
	return set->literals->len - 1;
}

static void count_grams(guint32 *counters, Slice text, guint32 weight)
{
	for (gsize i = 0; i + LITERAL_GRAM_SIZE <= text.size; i++)
		counters[gram_counter(text.data + i)] += weight;
}

static guint32 find_rarest_gram(const guint32 *counters, Slice text)
{
	guint32 best = G_MAXUINT32, offset = 0;

	for (gsize i = 0; i + LITERAL_GRAM_SIZE <= text.size; i++) {
		guint32 count = counters[gram_counter(text.data + i)];

		if (count < best) {
			best = count;
			offset = (guint32)i;
		}
	}
	return offset;
}

/* Whether a line of the typical text is the literal, or holds it. */
static gboolean is_typical(const Literal *literal, gboolean *ret_whole)
{
	const char *line = typical_text;
	gboolean found = FALSE;

	*ret_whole = FALSE;
	if (!memmem(typical_text, sizeof(typical_text) - 1, literal->text.data, literal->text.size))
		return FALSE;
	for (const char *end; (end = strchr(line, '\n')); line = end + 1) {
		Slice text = slice_make(line, (gsize)(end - line));

		if (literal_holds(literal, text)) {
			found = TRUE;
			*ret_whole = *ret_whole || text.size == literal->text.size;
		}
	}
	return found;
}

static float guess_probability(const Literal *literal)
{
	static const guint head_start[LITERAL_N_KINDS] = { 5, 3, 3, 2 };
	gboolean whole;

	for (gsize i = 0; i < literal->text.size; i++) {
		if (literal->text.data[i] >= 0x80)
			return ldexpf(1, -MAX_BITS); /* few texts hold any such character */
	}
	if (literal->text.size == 0)
		return literal->kind == LITERAL_EXACT ? TYPICAL_WHOLE : 1;
	if (is_typical(literal, &whole))
		return whole && literal->kind == LITERAL_EXACT ? TYPICAL_WHOLE : TYPICAL_CONTAINED;

	gsize bits = head_start[literal->kind] + MIN(literal->text.size, MAX_BITS);

	return ldexpf(1, -(int)MIN(bits, MAX_BITS));
}

void literal_set_finish(LiteralSet *set)
{
	g_autofree guint32 *counters = g_new0(guint32, GRAM_COUNTERS);

	count_grams(counters, slice_make(typical_text, sizeof(typical_text) - 1), TYPICAL_WEIGHT);
	for (guint i = 0; i < set->literals->len; i++) {
		const Literal *literal = literal_set_get(set, i);

		if (literal->kind == LITERAL_CONTAINS)
			count_grams(counters, literal->text, 1);
	}
	for (guint i = 0; i < set->literals->len; i++) {
		Literal *literal = &g_array_index(set->literals, Literal, i);

		literal->probability = guess_probability(literal);
		if (literal->kind == LITERAL_CONTAINS)
			literal->gram_offset = find_rarest_gram(counters, literal->text);
	}
}

guint literal_set_size(const LiteralSet *set)
{
	return set->literals->len;
}

const Literal *literal_set_get(const LiteralSet *set, guint number)
{
	return &g_array_index(set->literals, Literal, number);
}

gboolean literal_holds(const Literal *literal, Slice folded)
{
	Slice text = literal->text;

	if (folded.size < text.size)
		return FALSE;
	switch (literal->kind) {
	case LITERAL_EXACT:
		return slice_equal(folded, text);
	case LITERAL_PREFIX:
		return slice_equal(slice_sub(folded, 0, text.size), text);
	case LITERAL_SUFFIX:
		return slice_equal(slice_sub(folded, folded.size - text.size, text.size), text);
	default:
		return text.size == 0 ||
			memmem(folded.data, folded.size, text.data, text.size) != NULL;
	}
}
