/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/archive/input.h"

#define BLOCK_BYTES 131072
#define GZIP_WINDOW (15 + 16) /* zlib's way to ask for gzip's own head and tail */
#define GZIP_ID1    0x1f

void input_init(Input *input, const Source *source, gboolean gzip)
{
	*input = (Input){ .source = source, .gzip = gzip };
	input->packed = g_malloc(BLOCK_BYTES);
	if (!gzip)
		return;
	input->plain = g_malloc(BLOCK_BYTES);
	/* Fails where there is no memory, and then GLib would have ended us already. */
	input->ended = inflateInit2(&input->z, GZIP_WINDOW) != Z_OK;
	input->in_stream = TRUE;
}

void input_clear(Input *input)
{
	if (input->gzip)
		(void)inflateEnd(&input->z); /* fails only if it was not begun */
	g_free(input->packed);
	g_free(input->plain);
	g_clear_error(&input->failure);
}

static gboolean read_packed(Input *input, Slice *ret)
{
	gssize n =
		source_read(input->source, input->at, input->packed, BLOCK_BYTES, &input->failure);

	if (n < 0)
		return FALSE;
	input->at += (guint64)n;
	input->n_read += (guint64)n;
	input->hit_end = n == 0;
	*ret = slice_make(input->packed, (gsize)n);
	return TRUE;
}

/* ---- gzip ---- */

static void stop(Input *input, GapKind kind, const char *note)
{
	input->ended = TRUE;
	if (!note)
		return;
	input->trouble = kind;
	input->trouble_at = input->at - input->z.avail_in;
	input->note = note;
}

static gboolean refill(Input *input)
{
	Slice packed;

	if (input->z.avail_in)
		return TRUE;
	if (!read_packed(input, &packed))
		return FALSE;
	input->z.next_in = input->packed;
	input->z.avail_in = (uInt)packed.size;
	if (!packed.size)
		stop(input, GAP_TRUNCATED,
			input->in_stream ? "The packed data ends before it is whole" : NULL);
	return TRUE;
}

/* Behind a stream: another one, nothing, zeros that fill a block, or what does not belong there. */
static gboolean look_behind(Input *input)
{
	while (!input->ended && refill(input)) {
		if (input->ended || !input->z.avail_in)
			return TRUE;
		if (*input->z.next_in == GZIP_ID1) {
			input->in_stream = inflateReset(&input->z) == Z_OK;
			return TRUE;
		}
		if (*input->z.next_in != '\0') {
			stop(input, GAP_DAMAGED,
				"Behind the packed data lies something else, which was not read");
			return TRUE;
		}
		input->z.next_in++;
		input->z.avail_in--;
	}
	return !input->failure;
}

static void take_error(Input *input, int code)
{
	const char *told = input->z.msg ? input->z.msg : "";

	/* All of the stream is there by then: only its last bytes are not as they should be. */
	if (code == Z_DATA_ERROR &&
		(g_str_has_prefix(told, "incorrect data") ||
			g_str_has_prefix(told, "incorrect length")))
		stop(input, GAP_CHECKSUM, "The checksum of the packed data does not match");
	else
		stop(input, GAP_DAMAGED, "The packed data is damaged and can be read to here only");
}

static gboolean unpack(Input *input, Slice *ret)
{
	input->z.next_out = input->plain;
	input->z.avail_out = BLOCK_BYTES;
	while (input->z.avail_out && !input->ended) {
		int code;

		if (!input->in_stream) {
			if (!look_behind(input))
				return FALSE;
			continue;
		}
		if (!refill(input))
			return FALSE;
		if (input->ended)
			break;
		code = inflate(&input->z, Z_NO_FLUSH);
		if (code == Z_STREAM_END)
			input->in_stream = FALSE;
		else if (code != Z_OK)
			take_error(input, code);
	}
	*ret = slice_make(input->plain, BLOCK_BYTES - input->z.avail_out);
	return TRUE;
}

gboolean input_next(Input *input, Slice *ret)
{
	return input->gzip ? unpack(input, ret) : read_packed(input, ret);
}
