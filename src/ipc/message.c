/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table says what every message holds; both directions, and the checks, follow it.
 */
#include "ipc/message.h"

#include "base/block.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "ipc/json-check.h"

#define FRAME_HEAD_BYTES 5 /* u32 size, u8 type; the size counts the type */

typedef struct MessageForm {
	const char *name;
	/* one letter a field: 1 u8, 4 u32, 8 u64, t text, j JSON, b bytes */
	const char *fields;
	gboolean descriptor; /* one travels beside it */
} MessageForm;

static const MessageForm forms[MESSAGE_N_TYPES] = {
	[MESSAGE_HELLO] = { "hello", "41", FALSE },
	[MESSAGE_RULE] = { "rule", "41141tttttttttttttt", FALSE },
	[MESSAGE_CORRELATION] = { "correlation", "b", FALSE },
	[MESSAGE_LOADED] = { "loaded", "4tt14", FALSE },
	[MESSAGE_INTEL_NOTE] = { "intel-note", "14tt", FALSE },
	[MESSAGE_INTEL_SOURCE] = { "intel-source", "tttt88b", FALSE },
	[MESSAGE_CHECKED] = { "checked", "4", FALSE },
	[MESSAGE_STORE] = { "store", "b", FALSE },
	[MESSAGE_EXITED] = { "exited", "44", FALSE },
	[MESSAGE_SPAWN] = { "spawn", "4", TRUE },
	[MESSAGE_PLAN] = { "plan", "8888t", TRUE },
	[MESSAGE_READ] = { "read", "8888t1881tbtt", TRUE },
	[MESSAGE_PLANNED] = { "planned", "t488881", FALSE },
	[MESSAGE_FINDING] = { "finding", "48818tttjj1", FALSE },
	[MESSAGE_HIT] = { "hit", "448818tttbjj", FALSE },
	[MESSAGE_EVENT] = { "event", "j", FALSE },
	[MESSAGE_GAP] = { "gap", "1888t", FALSE },
	[MESSAGE_SPAN] = { "span", "888888t", FALSE },
	[MESSAGE_TALLY] = { "tally", "888tt", FALSE },
	[MESSAGE_OBSERVATION] = { "observation", "4ttt88t8t", FALSE },
	[MESSAGE_LIBRARY] = { "library", "tb", FALSE },
	[MESSAGE_FAILED] = { "failed", "t", FALSE },
	[MESSAGE_DONE] = { "done", "8888bb", FALSE },
	[MESSAGE_EXPAND] = { "expand", "8888tt1", TRUE },
	[MESSAGE_MEMBER] = { "member", "t8", FALSE },
	[MESSAGE_DATA] = { "data", "b", FALSE },
	[MESSAGE_EXPANDED] = { "expanded", "8t", FALSE },
	[MESSAGE_ALIVE] = { "alive", "1", FALSE },
};

static const MessageForm *form_find(guint type)
{
	return type < MESSAGE_N_TYPES && forms[type].name ? &forms[type] : NULL;
}

const char *message_type_name(MessageType type)
{
	const MessageForm *form = form_find(type);

	return form ? form->name : "unknown";
}

gboolean message_carries_descriptor(MessageType type)
{
	const MessageForm *form = form_find(type);

	return form && form->descriptor;
}

/* ---- sending ---- */

static void append_number(GByteArray *out, guint64 number, guint n_bytes)
{
	guint8 bytes[8];

	for (guint i = 0; i < n_bytes; i++)
		bytes[i] = (guint8)(number >> (8 * i));
	g_byte_array_append(out, bytes, n_bytes);
}

static void append_bytes(GByteArray *out, Slice bytes)
{
	append_number(out, bytes.size, 4);
	if (bytes.size)
		g_byte_array_append(out, bytes.data, bytes.size);
}

/* @text cut to @size bytes at most, in between two characters. */
static Slice cut_text(Slice text, gsize size)
{
	if (text.size <= size)
		return text;
	while (size && (text.data[size] & 0xC0) == 0x80)
		size--;
	return slice_sub(text, 0, size);
}

static void append_text(GByteArray *out, Slice text, gsize room)
{
	g_autofree char *valid = NULL;

	text = cut_text(text, room);
	if (text.size && !g_utf8_validate((const char *)text.data, text.size, NULL)) {
		valid = g_utf8_make_valid((const char *)text.data, text.size);
		text = cut_text(slice_from_text(valid), room);
	}
	append_bytes(out, text);
}

static void append_field(GByteArray *out, char kind, MessageField field, gsize room)
{
	switch (kind) {
	case 't':
		append_text(out, field.bytes, room);
		break;
	case 'j':
		append_bytes(out, field.bytes.size <= room ? field.bytes : slice_from_text("null"));
		break;
	case 'b':
		append_bytes(out, slice_sub(field.bytes, 0, room));
		break;
	default:
		append_number(out, field.number, (guint)(kind - '0'));
	}
}

void message_append(GByteArray *out, const Message *message)
{
	const MessageForm *form = form_find(message->type);
	guint start = out->len;

	g_assert(form && strlen(form->fields) == message->n_fields);
	append_number(out, 0, 4); /* filled in below */
	append_number(out, message->type, 1);
	for (guint i = 0; i < message->n_fields; i++) {
		/* 256: more than all that is of fixed size in any message. */
		gsize used = out->len - start + 256;
		gsize room = used < LIMIT_MESSAGE_BYTES ? LIMIT_MESSAGE_BYTES - used : 0;

		append_field(out, form->fields[i], message->fields[i],
			MIN(room, LIMIT_MESSAGE_TEXT_BYTES));
	}

	guint32 size = out->len - start - 4;

	for (guint i = 0; i < 4; i++)
		out->data[start + i] = (guint8)(size >> (8 * i));
}

/* ---- receiving ---- */

/* NUL counts as invalid. Most of it is ASCII, which goes by sixteen bytes at a time. */
static gboolean is_text(Slice text)
{
	gsize at = 0;
	Slice rest;

	for (; block_fits(text, at); at += BLOCK_BYTES) {
		Block block = block_load(&text.data[at]);

		if (block_high(block) | block_equal(block, '\0'))
			break;
	}
	while (at < text.size && text.data[at] > 0 && text.data[at] < 0x80)
		at++;
	rest = slice_sub(text, at, text.size);
	return rest.size == 0 || g_utf8_validate((const char *)rest.data, (gssize)rest.size, NULL);
}

static gboolean parse_bytes(Cursor *c, char kind, gboolean trusted, Slice *ret)
{
	guint32 size;

	if (!cursor_u32(c, &size) || size > LIMIT_MESSAGE_TEXT_BYTES || !cursor_slice(c, size, ret))
		return FALSE;
	if (kind == 'b' || size == 0)
		return kind != 'j';
	return trusted || (is_text(*ret) && (kind == 't' || json_check(*ret)));
}

static gboolean parse_field(Cursor *c, char kind, gboolean trusted, MessageField *ret)
{
	guint8 u8;
	guint32 u32;

	switch (kind) {
	case '1':
		return cursor_u8(c, &u8) && (ret->number = u8, TRUE);
	case '4':
		return cursor_u32(c, &u32) && (ret->number = u32, TRUE);
	case '8':
		return cursor_u64(c, &ret->number);
	default:
		return parse_bytes(c, kind, trusted, &ret->bytes);
	}
}

static gboolean parse_body(
	Slice body, const MessageForm *form, gboolean trusted, Message *ret, GError **error)
{
	Cursor c = cursor_make(body);

	ret->n_fields = strlen(form->fields);
	for (guint i = 0; i < ret->n_fields; i++) {
		if (!parse_field(&c, form->fields[i], trusted, &ret->fields[i])) {
			g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
				"field %u of a message of type %s is malformed", i, form->name);
			return FALSE;
		}
	}
	if (cursor_remaining(&c)) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
			"a message of type %s has %zu bytes too many", form->name,
			cursor_remaining(&c));
		return FALSE;
	}
	return TRUE;
}

static gboolean parse(Slice in, gboolean trusted, Message *ret, gsize *ret_size, GError **error)
{
	Cursor c = cursor_make(in);
	const MessageForm *form;
	guint32 size;
	guint8 type;
	Slice body;

	*ret_size = 0;
	if (!cursor_u32(&c, &size))
		return TRUE;
	if (size < 1 || size > LIMIT_MESSAGE_BYTES) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL,
			"a message claims to have %u bytes", size);
		return FALSE;
	}
	if (!cursor_u8(&c, &type))
		return TRUE;
	form = form_find(type);
	if (!form) {
		g_set_error(error, SPOOR_ERROR, SPOOR_ERROR_PROTOCOL, "there is no message type %u",
			type);
		return FALSE;
	}
	if (!cursor_slice(&c, size - 1, &body))
		return TRUE;

	Message message = { .type = type };

	if (!parse_body(body, form, trusted, &message, error))
		return FALSE;
	*ret = message;
	*ret_size = FRAME_HEAD_BYTES + body.size;
	return TRUE;
}

gboolean message_parse(Slice in, Message *ret, gsize *ret_size, GError **error)
{
	return parse(in, FALSE, ret, ret_size, error);
}

gboolean message_parse_again(Slice in, Message *ret, gsize *ret_size, GError **error)
{
	return parse(in, TRUE, ret, ret_size, error);
}

char *message_dup_text(const Message *message, guint index)
{
	Slice text = message->fields[index].bytes;

	return text.size ? g_strndup((const char *)text.data, text.size) : g_strdup("");
}

/* ---- building ---- */

Message message_begin(MessageType type)
{
	return (Message){ .type = type };
}

void message_add_number(Message *message, guint64 number)
{
	g_assert(message->n_fields < MESSAGE_FIELDS);
	message->fields[message->n_fields++].number = number;
}

void message_add_slice(Message *message, Slice bytes)
{
	g_assert(message->n_fields < MESSAGE_FIELDS);
	message->fields[message->n_fields++].bytes = bytes;
}

void message_add_text(Message *message, const char *text)
{
	message_add_slice(message, slice_from_text(text));
}
