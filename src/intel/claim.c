/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/claim.h"

#include <string.h>

#include "base/limits.h"

void claim_init(Claim *claim)
{
	claim->id = g_string_new(NULL);
	claim->source = g_string_new(NULL);
	claim->title = g_string_new(NULL);
	claim->description = g_string_new(NULL);
	claim->reference = g_string_new(NULL);
	claim->tags = g_string_new(NULL);
	claim_reset(claim);
}

void claim_clear(Claim *claim)
{
	GString *texts[] = { claim->id, claim->source, claim->title, claim->description,
		claim->reference, claim->tags };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		if (texts[i])
			g_string_free(texts[i], TRUE);
	*claim = (Claim){ 0 };
}

void claim_reset(Claim *claim)
{
	claim->is = (Indicator){
		.confidence = INDICATOR_CONFIDENCE_UNKNOWN,
		.valid_from = INSTANT_NONE,
		.valid_until = INSTANT_NONE,
		.exception = "",
	};
	g_string_truncate(claim->id, 0);
	g_string_truncate(claim->source, 0);
	g_string_truncate(claim->title, 0);
	g_string_truncate(claim->description, 0);
	g_string_truncate(claim->reference, 0);
	g_string_truncate(claim->tags, 0);
}

void claim_copy(Claim *claim, const Claim *from)
{
	claim->is = from->is;
	g_string_assign(claim->id, from->id->str);
	g_string_assign(claim->source, from->source->str);
	g_string_assign(claim->title, from->title->str);
	g_string_assign(claim->description, from->description->str);
	g_string_assign(claim->reference, from->reference->str);
	g_string_assign(claim->tags, from->tags->str);
}

/* Cuts @text to @size bytes at most, between two characters. */
static void cut(GString *text, gsize size)
{
	if (text->len <= size)
		return;
	while (size && (text->str[size] & 0xC0) == 0x80)
		size--;
	g_string_truncate(text, size);
}

char *claim_clip(const char *text, gsize size)
{
	GString *ret = g_string_new_len(text, (gssize)strnlen(text, size + 1));

	cut(ret, size);
	return g_string_free(ret, FALSE);
}

void claim_append(GString *ret, const char *separator, const char *text)
{
	if (!*text || ret->len >= LIMIT_INTEL_TEXT_BYTES)
		return;
	if (ret->len)
		g_string_append(ret, separator);
	/* One byte more than fits, so that cut() sees whether a character ends there. */
	g_string_append_len(ret, text, (gssize)strnlen(text, LIMIT_INTEL_TEXT_BYTES + 1));
	cut(ret, LIMIT_INTEL_TEXT_BYTES);
}

/* Whether @list, joined by @separator, holds what follows @from in it. */
static gboolean is_repeated(const GString *list, gsize from, char separator)
{
	const char *word = list->str + from;
	gsize size = list->len - from;

	for (const char *at = list->str; at < word; at++) {
		const char *end = strchr(at, separator);

		if ((gsize)(end - at) == size && memcmp(at, word, size) == 0)
			return TRUE;
		at = end;
	}
	return FALSE;
}

void claim_add_tag(Claim *claim, const char *prefix, const char *name)
{
	GString *tags = claim->tags;
	gsize before = tags->len, from;

	if (!*name || before + strlen(prefix) + strlen(name) + 1 > LIMIT_INTEL_TEXT_BYTES)
		return;
	if (before)
		g_string_append_c(tags, ' ');
	from = tags->len;
	g_string_append(tags, prefix);
	for (; *name; name++) {
		char c = g_ascii_tolower(*name);

		g_string_append_c(tags, g_ascii_isalnum(c) || c == '.' ? c : '-');
	}
	if (is_repeated(tags, from, ' '))
		g_string_truncate(tags, before);
}

/* T1059, T1059.001, TA0001, G0065, S0232, C0049, M1031. */
static gboolean is_attack_id(const char *text)
{
	gsize letters = text[0] == 'T' && text[1] == 'A' ? 2 : 1;

	if (!strchr("TGSCM", text[0]) || strspn(text + letters, "0123456789") != 4)
		return FALSE;
	text += letters + 4;
	return !*text || (text[0] == '.' && strspn(text + 1, "0123456789") == 3 && !text[4]);
}

gboolean claim_add_attack(Claim *claim, const char *text)
{
	if (!*text || !is_attack_id(text))
		return FALSE;
	claim_add_tag(claim, "attack.", text);
	return TRUE;
}

void claim_add_tlp(Claim *claim, const char *name)
{
	g_autofree char *upper = g_ascii_strup(name, -1);
	g_autofree char *line = g_strdup_printf("TLP:%s", upper);

	claim_add_tag(claim, "tlp.", name);
	claim_append(claim->description, "\n", line);
}

void claim_add_names(Claim *claim, const char *names)
{
	GString *title = claim->title;
	g_autofree char *in_brackets = NULL;

	if (!*names || strstr(title->str, names))
		return;
	in_brackets = title->len ? g_strdup_printf("(%s)", names) : g_strdup(names);
	claim_append(title, " ", in_brackets);
}

void claim_add_reference(Claim *claim, const char *url)
{
	GString *reference = claim->reference;
	gsize before = reference->len;
	guint n = before > 0;

	for (const char *at = reference->str; (at = strchr(at, '\n')); at++)
		n++;
	if (!*url || n >= LIMIT_INTEL_REFERENCES ||
		before + strlen(url) + 1 > LIMIT_INTEL_TEXT_BYTES || strchr(url, '\n'))
		return;
	claim_append(reference, "\n", url);
	if (is_repeated(reference, before ? before + 1 : 0, '\n'))
		g_string_truncate(reference, before);
}

void claim_tell(Claim *claim, Collector *collector, IndicatorKind kind, const char *value)
{
	Indicator *is = &claim->is;

	is->kind = kind;
	is->value = value;
	is->id = claim->id->str;
	is->source = claim->source->str;
	is->title = claim->title->str;
	is->description = claim->description->str;
	is->reference = claim->reference->str;
	is->tags = claim->tags->str;
	collector_add(collector, is, FALSE);
}
