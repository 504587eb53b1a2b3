/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "base/error.h"
#include "base/limits.h"
#include "ipc/json-check.h"
#include "ipc/message.h"

static Message sample_finding(void)
{
	Message m = message_begin(MESSAGE_FINDING);

	message_add_number(&m, 7);
	message_add_number(&m, 4711);
	message_add_number(&m, 0x1a2b00);
	message_add_number(&m, 1);
	message_add_number(&m, (guint64)-5);
	message_add_text(&m, "recovered record 4711 at 0x1a2b00");
	message_add_text(&m, "h\xc3\xb6st");
	message_add_text(&m, "");
	message_add_text(&m, "[{\"field\":\"Image\"}]");
	message_add_text(&m, "{\"EventID\":1}");
	message_add_number(&m, 3);
	return m;
}

static gboolean parse(const GByteArray *bytes, gsize size, Message *ret, gsize *ret_size)
{
	/* A copy of the exact size, so that a sanitizer sees each read behind the end. */
	guint8 *copy = g_memdup2(bytes->data, size);
	g_autoptr(GError) error = NULL;
	gboolean fine = message_parse(slice_make(copy, size), ret, ret_size, &error);

	g_assert_true(fine == (error == NULL));
	if (error)
		g_assert_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL);
	g_free(copy);
	return fine;
}

static void test_round_trip(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	Message sent = sample_finding(), got;
	gsize size;

	message_append(bytes, &sent);
	g_assert_true(message_parse(slice_make(bytes->data, bytes->len), &got, &size, NULL));
	g_assert_cmpuint(size, ==, bytes->len);
	g_assert_cmpint(got.type, ==, MESSAGE_FINDING);
	g_assert_cmpuint(got.n_fields, ==, sent.n_fields);
	for (guint i = 0; i < 5; i++)
		g_assert_cmpuint(got.fields[i].number, ==, sent.fields[i].number);
	for (guint i = 5; i < 10; i++) {
		g_autofree char *text = message_dup_text(&got, i);

		g_assert_true(slice_equal(slice_from_text(text), sent.fields[i].bytes));
	}
}

/* Every prefix of a frame is "not complete yet", never an error and never a message. */
static void test_truncated(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	Message sent = sample_finding(), got;
	gsize size;

	message_append(bytes, &sent);
	for (gsize length = 0; length < bytes->len; length++) {
		g_assert_true(parse(bytes, length, &got, &size));
		g_assert_cmpuint(size, ==, 0);
	}
}

/* A frame that says it is shorter than its fields, or longer, is refused. */
static void test_wrong_size(void)
{
	Message sent = sample_finding(), got;
	gsize size;

	for (int by = -20; by <= 20; by++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		guint32 claimed;

		message_append(bytes, &sent);
		g_byte_array_set_size(bytes, bytes->len + 32);
		memset(bytes->data + bytes->len - 32, 0, 32);
		claimed = bytes->len - 32 - 4 + by;
		memcpy(bytes->data, &claimed, 4); /* tests run on little-endian machines */
		g_assert_true(parse(bytes, bytes->len, &got, &size) == (by == 0));
	}
}

static void test_flipped(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	Message sent = sample_finding(), got;
	gsize size;

	message_append(bytes, &sent);
	for (guint i = 0; i < bytes->len; i++) {
		for (guint bit = 0; bit < 8; bit++) {
			bytes->data[i] ^= 1u << bit;
			(void)parse(bytes, bytes->len, &got, &size); /* either is fine */
			bytes->data[i] ^= 1u << bit;
		}
	}
}

static void test_no_such_type(void)
{
	for (guint type = 0; type < 256; type++) {
		const guint8 bytes[] = { 1, 0, 0, 0, (guint8)type };
		Message got;
		gsize size;

		/* No message is empty, so none of these is one. */
		g_assert_false(message_parse(slice_make(bytes, sizeof bytes), &got, &size, NULL));
	}
}

static void test_size_limit(void)
{
	const guint8 empty[] = { 0, 0, 0, 0, 1 };
	const guint8 huge[] = { 1, 0, 128, 0 }; /* 8 MiB and a byte, before any of them came */
	Message got;
	gsize size;

	g_assert_false(message_parse(slice_make(empty, sizeof empty), &got, &size, NULL));
	g_assert_false(message_parse(slice_make(huge, sizeof huge), &got, &size, NULL));
}

/* Whatever text is sent, valid UTF-8 without NUL arrives. */
static void test_text_is_made_valid(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	Message sent = message_begin(MESSAGE_FAILED), got;
	g_autofree char *text = NULL;
	gsize size;

	message_add_slice(&sent, slice_make("a\xff\0b", 4));
	message_append(bytes, &sent);
	g_assert_true(message_parse(slice_make(bytes->data, bytes->len), &got, &size, NULL));
	text = message_dup_text(&got, 0);
	g_assert_cmpstr(text, ==,
		"a\xef\xbf\xbd\xef\xbf\xbd"
		"b");
}

static void test_text_is_cut(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(GString) text = g_string_new("x");
	Message sent = message_begin(MESSAGE_FAILED), got;
	gsize size;

	while (text->len <= LIMIT_MESSAGE_TEXT_BYTES)
		g_string_append(text, "\xc3\xa4");
	message_add_text(&sent, text->str);
	message_append(bytes, &sent);
	g_assert_true(message_parse(slice_make(bytes->data, bytes->len), &got, &size, NULL));
	g_assert_cmpuint(got.fields[0].bytes.size, ==, LIMIT_MESSAGE_TEXT_BYTES - 1);
}

/* All texts of a message at their largest still make a frame that is accepted. */
static void test_largest(void)
{
	g_autofree char *text = g_strnfill(LIMIT_MESSAGE_TEXT_BYTES, 'a');
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	Message sent = message_begin(MESSAGE_RULE), got;
	gsize size;

	for (guint i = 0; i < 5; i++)
		message_add_number(&sent, 0);
	for (guint i = 5; i < 19; i++)
		message_add_text(&sent, text);
	message_append(bytes, &sent);
	g_assert_true(message_parse(slice_make(bytes->data, bytes->len), &got, &size, NULL));
	g_assert_cmpuint(size, ==, bytes->len);
}

static gboolean json(const char *text)
{
	return json_check(slice_from_text(text));
}

static void test_json_check(void)
{
	const char *const good[] = { "null", "true", "false", "0", "-1.5e+7", "\"\"", " [ ] ", "{}",
		"[1,[2,{\"a\":[]}],\"\\u00e4\\n\"]", "{\"a\":{\"b\":1},\"c\":[null]}\n" };
	const char *const bad[] = { "", " ", "nul", "01", "1.", "-", "+1", "1e", "\"", "\"\t\"",
		"\"\\x\"", "\"\\u12g4\"", "[1,]", "[1 2]", "[", "]", "{\"a\"}", "{\"a\":}",
		"{\"a\":1,}", "{1:2}", "{\"a\":1]", "[1}", "1 2", "{}{}", "[]x", "\"a\"\"b\"" };
	g_autofree char *deep = g_strnfill(64, '[');

	for (guint i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(json(good[i]));
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(json(bad[i]));
	g_assert_false(json(deep));
}

/* Long strings go by eight bytes at a time: what is bad in them is found at any place. */
static void test_json_strings(void)
{
	for (gsize size = 0; size < 20; size++) {
		g_autoptr(GString) whole = g_string_new("\"");

		for (gsize i = 0; i < size; i++)
			g_string_append_c(whole, (char)('a' + i));
		g_string_append_c(whole, '"');
		g_assert_true(json(whole->str));
		for (gsize i = 1; i <= size; i++) {
			static const char bad[] = { 0x01, 0x1F, '"', '\\', 0 };

			for (gsize b = 0; b < sizeof bad; b++) {
				g_autofree char *text = g_strdup(whole->str);

				text[i] = bad[b];
				g_assert_false(json_check(slice_make(text, whole->len)) &&
					(bad[b] != '\\' || !strchr("bfnrt", text[i + 1])));
			}
			g_string_overwrite_len(whole, (gssize)i, "\xff", 1);
			g_assert_true(json(whole->str)); /* that is for the check of text */
			g_string_overwrite_len(whole, (gssize)i, "a", 1);
		}
	}
}

static void test_text_on_arrival(void)
{
	for (gsize size = 1; size < 20; size++) {
		for (gsize i = 0; i < size; i++) {
			static const char bad[] = { 0, (char)0x80, (char)0xFF };

			for (gsize b = 0; b < sizeof bad; b++) {
				g_autofree char *text = g_strnfill(size, 'a');
				g_autoptr(GByteArray) bytes = g_byte_array_new();
				Message sent = message_begin(MESSAGE_FAILED), got;
				gsize taken;

				message_add_text(&sent, text);
				message_append(bytes, &sent);
				g_assert_true(parse(bytes, bytes->len, &got, &taken));
				bytes->data[bytes->len - size + i] = (guint8)bad[b];
				g_assert_false(parse(bytes, bytes->len, &got, &taken));
			}
		}
	}
}

static void test_json_on_arrival(void)
{
	const char *const events[] = { "{\"a\":1}\n", "{\"a\":1", "</script>" };

	for (guint i = 0; i < G_N_ELEMENTS(events); i++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		Message sent = message_begin(MESSAGE_EVENT), got;
		gsize size;

		message_add_text(&sent, events[i]);
		message_append(bytes, &sent);
		g_assert_true(parse(bytes, bytes->len, &got, &size) == (i == 0));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/message/round-trip", test_round_trip);
	g_test_add_func("/message/truncated", test_truncated);
	g_test_add_func("/message/wrong-size", test_wrong_size);
	g_test_add_func("/message/flipped-bits", test_flipped);
	g_test_add_func("/message/no-such-type", test_no_such_type);
	g_test_add_func("/message/size-limit", test_size_limit);
	g_test_add_func("/message/text-is-made-valid", test_text_is_made_valid);
	g_test_add_func("/message/text-is-cut-between-characters", test_text_is_cut);
	g_test_add_func("/message/largest", test_largest);
	g_test_add_func("/message/json-check", test_json_check);
	g_test_add_func("/message/json-strings", test_json_strings);
	g_test_add_func("/message/text-is-checked-on-arrival", test_text_on_arrival);
	g_test_add_func("/message/json-is-checked-on-arrival", test_json_on_arrival);
	return g_test_run();
}
