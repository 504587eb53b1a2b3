/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/text/url.h"

#include "readers/text/scan.h"

#define EXTENSION_BYTES 16 /* longer ones are none */

/* Where the last @byte stands in @s; s.size where it does not. */
static gsize last_byte(Slice s, guint8 byte)
{
	for (gsize i = s.size; i > 0; i--) {
		if (s.data[i - 1] == byte)
			return i - 1;
	}
	return s.size;
}

static Slice behind(Slice s, gsize at)
{
	return slice_sub(s, at + 1, s.size);
}

static void take_authority(Url *url, Slice text)
{
	gsize at = last_byte(text, '@'), colon, bracket;

	if (at < text.size)
		text = behind(text, at);
	if (text.size > 0 && text.data[0] == '[') {
		bracket = scan_byte(text, 1, ']');
		url->host = slice_sub(text, 1, bracket - 1);
		text = behind(text, bracket);
		if (text.size > 0 && text.data[0] == ':')
			url->port = behind(text, 0);
		return;
	}
	colon = last_byte(text, ':');
	url->host = slice_sub(text, 0, colon);
	url->port = behind(text, colon);
}

static void take_extension(Url *url)
{
	gsize slash = last_byte(url->stem, '/'), point;
	Slice name = slash < url->stem.size ? behind(url->stem, slash) : url->stem;

	point = last_byte(name, '.');
	if (point < name.size && name.size - point - 1 <= EXTENSION_BYTES)
		url->extension = behind(name, point);
}

Url url_split(Slice text)
{
	Url url = { 0 };
	gsize colon = scan_byte(text, 0, ':'), question;
	Slice rest = text;

	if (colon + 2 < text.size && text.data[colon + 1] == '/' && text.data[colon + 2] == '/' &&
		scan_byte(slice_sub(text, 0, colon), 0, '/') == colon) {
		gsize end;

		url.scheme = slice_sub(text, 0, colon);
		rest = slice_sub(text, colon + 3, text.size);
		end = MIN(scan_byte(rest, 0, '/'), scan_byte(rest, 0, '?'));
		take_authority(&url, slice_sub(rest, 0, end));
		rest = slice_sub(rest, end, rest.size);
	}
	question = scan_byte(rest, 0, '?');
	url.stem = slice_sub(rest, 0, question);
	url.query = behind(rest, question);
	take_extension(&url);
	return url;
}

Url url_split_authority(Slice text)
{
	Url url = { 0 };

	take_authority(&url, text);
	return url;
}
