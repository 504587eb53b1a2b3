/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/normal-private.h"

#include "intel/address.h"
#include "intel/words.h"

/* ---- hashes and plain texts ---- */

static guint hash_digits(IndicatorKind kind)
{
	switch (kind) {
	case INDICATOR_SHA1:
		return 40;
	case INDICATOR_SHA256:
		return 64;
	default:
		return 32;
	}
}

static const char *append_hash(GString *ret, IndicatorKind kind, Slice text)
{
	text = words_trim(text);
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isxdigit(text.data[i]))
			return "has a character that is no hexadecimal digit";
	}
	if (text.size != hash_digits(kind)) {
		return kind == INDICATOR_SHA256	 ? "does not have 64 hexadecimal digits"
			: kind == INDICATOR_SHA1 ? "does not have 40 hexadecimal digits"
						 : "does not have 32 hexadecimal digits";
	}
	for (gsize i = 0; i < text.size; i++)
		g_string_append_c(ret, g_ascii_tolower((char)text.data[i]));
	return NULL;
}

static const char *append_text(GString *ret, Slice text)
{
	text = words_trim(text);
	if (text.size == 0)
		return "is empty";
	words_append(ret, text);
	return NULL;
}

static const char *append_user_agent(GString *ret, Slice text)
{
	while (text.size > 0 && (words_is_blank(text.data[0]) || text.data[0] == '+'))
		text = words_from(text, 1);
	while (text.size > 0 &&
		(words_is_blank(text.data[text.size - 1]) || text.data[text.size - 1] == '+'))
		text.size--;
	if (text.size == 0)
		return "is empty";
	for (gsize i = 0; i < text.size; i++)
		g_string_append_c(ret, text.data[i] == '+' ? ' ' : (char)text.data[i]);
	return NULL;
}

const char *normal_append(GString *ret, IndicatorKind kind, Slice text)
{
	switch (kind) {
	case INDICATOR_HOST:
		return normal_append_host(ret, text);
	case INDICATOR_ADDRESS:
		return normal_append_address(ret, text);
	case INDICATOR_NETWORK:
		return normal_append_network(ret, text);
	case INDICATOR_URL:
		return normal_append_url(ret, text);
	case INDICATOR_EMAIL:
		return normal_append_email(ret, text);
	case INDICATOR_FILE_NAME:
		return normal_append_file_name(ret, text);
	case INDICATOR_FILE_PATH:
		return normal_append_file_path(ret, text);
	case INDICATOR_REGISTRY_KEY:
		return normal_append_registry_key(ret, text);
	case INDICATOR_PIPE:
		return normal_append_pipe(ret, text);
	case INDICATOR_USER_AGENT:
		return append_user_agent(ret, text);
	case INDICATOR_MD5:
	case INDICATOR_SHA1:
	case INDICATOR_SHA256:
	case INDICATOR_IMPHASH:
	case INDICATOR_JA3:
		return append_hash(ret, kind, text);
	default:
		return append_text(ret, text);
	}
}

gboolean normal_is_caseless(IndicatorKind kind)
{
	return kind == INDICATOR_FILE_NAME || kind == INDICATOR_FILE_PATH ||
		kind == INDICATOR_REGISTRY_KEY || kind == INDICATOR_PIPE;
}

/* ---- by its looks ---- */

/* Extensions of files that advisories name. Those in the second list are top-level domains, too. */
static const char only_endings[] =
	" 7z asp aspx ashx asmx bak bat bin cfg chm class cmd conf cpl csv dat db dll dmp doc docm "
	"docx "
	"dotm eml evtx exe gif gz hta htm html ico inf ini iso jar jpeg jpg js jse json jsp jspx "
	"key "
	"lnk log mht msg msi ocx pdb pdf pem pfx php png ppt pptm pptx ps1 psd1 psm1 pyc rar reg "
	"rtf "
	"scr sct sqlite svg swf sys tar tgz tmp ttf txt url vba vbe vbs vhd vhdx wsf xls xlsb xlsm "
	"xlsx xml yar yara yml yaml ";
static const char double_endings[] = " cab md mov py sh zip ";

static gboolean is_listed(const char *list, Slice word)
{
	char key[8];

	if (word.size == 0 || word.size > sizeof(key) - 3)
		return FALSE;
	key[0] = ' ';
	for (gsize i = 0; i < word.size; i++)
		key[i + 1] = g_ascii_tolower((char)word.data[i]);
	key[word.size + 1] = ' ';
	key[word.size + 2] = '\0';
	return strstr(list, key) != NULL;
}

static Slice last_label(Slice name)
{
	gsize start = name.size;

	while (start > 0 && name.data[start - 1] != '.')
		start--;
	return start > 0 ? words_from(name, start) : SLICE_EMPTY;
}

FileEnding normal_file_ending(Slice name)
{
	Slice ending = last_label(name);

	if (is_listed(only_endings, ending))
		return FILE_ENDING_ONLY;
	name.size -= ending.size + (ending.size > 0);
	return words_find(name, 0, '.') == name.size && is_listed(double_endings, ending)
		? FILE_ENDING_TOO
		: FILE_ENDING_NONE;
}

static IndicatorKind detect_hash(Slice text)
{
	for (gsize i = 0; i < text.size; i++) {
		if (!g_ascii_isxdigit(text.data[i]))
			return INDICATOR_ANY;
	}
	switch (text.size) {
	case 32:
		return INDICATOR_MD5;
	case 40:
		return INDICATOR_SHA1;
	case 64:
		return INDICATOR_SHA256;
	default:
		return INDICATOR_ANY;
	}
}

static IndicatorKind detect_address(Slice text)
{
	Address address;
	guint length;

	if (address_parse(text, &address))
		return INDICATOR_ADDRESS;
	return address_parse_network(text, &address, &length) ? INDICATOR_NETWORK : INDICATOR_ANY;
}

static gboolean is_as(IndicatorKind kind, Slice text)
{
	g_autoptr(GString) ignored = g_string_new(NULL);

	return normal_append(ignored, kind, text) == NULL;
}

static gboolean begins_with_one_of(Slice text, const char *const *prefixes)
{
	for (guint i = 0; prefixes[i]; i++) {
		if (words_has_prefix(text, prefixes[i]))
			return TRUE;
	}
	return FALSE;
}

static IndicatorKind detect_path(Slice text)
{
	static const char *const keys[] = { "HKEY_", "HKLM\\", "HKCU\\", "HKU\\", "HKCR\\",
		"HKLM:", "HKCU:", "\\REGISTRY\\", "REGISTRY\\MACHINE\\", "REGISTRY\\USER\\", NULL };
	static const char *const pipes[] = { "\\\\.\\pipe\\", "\\pipe\\", "\\Device\\NamedPipe\\",
		NULL };

	if (begins_with_one_of(text, keys))
		return INDICATOR_REGISTRY_KEY;
	if (begins_with_one_of(text, pipes))
		return INDICATOR_PIPE;
	if (words_find(text, 0, '\\') < text.size || text.data[0] == '/' || text.data[0] == '~')
		return is_as(INDICATOR_FILE_PATH, text) ? INDICATOR_FILE_PATH : INDICATOR_ANY;
	return INDICATOR_ANY;
}

/* A name with a dot whose last part is no number and no single letter. */
static gboolean looks_like_host(Slice text)
{
	Slice ending = last_label(text);

	if (ending.size < 2 || !g_ascii_isalpha(ending.data[0]) || text.data[0] == '-')
		return ending.size >= 2 && ending.data[0] >= 0x80 && is_as(INDICATOR_HOST, text);
	return is_as(INDICATOR_HOST, text);
}

/* "host/path", "host:port/path". */
static gboolean looks_like_bare_url(Slice text)
{
	gsize slash = words_find(text, 0, '/');
	Slice host = slice_sub(text, 0, slash);
	Address address;

	host = slice_sub(host, 0, words_find(host, 0, ':'));
	if (slash == text.size || slash + 1 == text.size)
		return FALSE;
	return (looks_like_host(host) || address_parse(host, &address)) &&
		normal_file_ending(host) != FILE_ENDING_ONLY && is_as(INDICATOR_URL, text);
}

IndicatorKind normal_detect(Slice text)
{
	IndicatorKind kind;
	gsize scheme;

	text = words_trim(text);
	if (text.size == 0)
		return INDICATOR_ANY;
	kind = detect_hash(text);
	if (kind == INDICATOR_ANY)
		kind = detect_address(text);
	if (kind != INDICATOR_ANY)
		return kind;
	scheme = words_find(text, 0, ':');
	if (words_has_prefix(words_from(text, scheme), "://"))
		return is_as(INDICATOR_URL, text) ? INDICATOR_URL : INDICATOR_ANY;
	kind = detect_path(text);
	if (kind != INDICATOR_ANY)
		return kind;
	if (words_find(text, 0, '@') < text.size && words_find(text, 0, '/') == text.size)
		return is_as(INDICATOR_EMAIL, text) ? INDICATOR_EMAIL : INDICATOR_ANY;
	if (looks_like_bare_url(text))
		return INDICATOR_URL;
	if (words_find(text, 0, '/') < text.size)
		return INDICATOR_ANY;
	if (normal_file_ending(text) == FILE_ENDING_ONLY)
		return is_as(INDICATOR_FILE_NAME, text) ? INDICATOR_FILE_NAME : INDICATOR_ANY;
	return looks_like_host(text) ? INDICATOR_HOST : INDICATOR_ANY;
}
