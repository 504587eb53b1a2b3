/* SPDX-License-Identifier: Apache-2.0 */
/* Types by content: how the table is read, and what the shipped one makes of small files. */
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "readers/file/file-types.h"

static FileTypes *read_table(const char *text)
{
	g_autoptr(GError) error = NULL;
	FileTypes *types = file_types_read(slice_from_text(text), &error);

	g_assert_no_error(error);
	return types;
}

static FileTypes *read_shipped(void)
{
	const char *source = g_getenv("SPOOR_TEST_SOURCE");
	g_autofree char *path = g_build_filename(
		source ? source : ".", "content", "tables", "file-types.tsv", NULL);
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return read_table(text);
}

static void assert_type(FileTypes *types, const void *bytes, gsize size, const char *expected)
{
	g_autofree guint8 *copy = g_memdup2(bytes, MAX(size, 1));
	Slice content = slice_make(copy, size);

	g_assert_cmpstr(file_types_find(types, content, content), ==, expected);
}

static void assert_text(FileTypes *types, const char *text, const char *expected)
{
	assert_type(types, text, strlen(text), expected);
}

/* ---- the table ---- */

static void test_places(void)
{
	g_autoptr(FileTypes) types = read_table("# a comment\n\n"
						"0\t\"AB\" ?? 44\tExact\td\n"
						"0x2-4\t\"XY\"\tRange\td\n"
						"2-5\t4D ?? 4F\tGaps\td\n"
						"0 & @1\t\"P\" & \"there\"\tPointer\td\r\n"
						"text\t\"WORD\"\tBegin\td\n"
						"in-text & in-text\t\"one\" & \"two\"\tBoth\td\n"
						"utf-16\t\tWide\td\n"
						"text\t\tText\td\n");

	assert_text(types, "ABCD", "Exact");
	assert_text(types, "ABCE", "Text");
	assert_text(types, "..XY", "Range");
	assert_text(types, "....XY", "Range");
	assert_text(types, ".....XY", "Text");
	assert_text(types, ".....MNO", "Gaps");
	assert_type(types, "P\x06\0\0\0.there", 11, "Pointer");
	assert_type(types, "P\x07\0\0\0.there", 11, NULL);
	assert_type(types, "P\xFF\xFF\xFF\xFF.there", 11, NULL);
	assert_text(types, "\xEF\xBB\xBF \r\n\tword", "Begin");
	assert_type(types, "\xFF\xFEw\0O\0r\0D\0", 10, "Begin");
	assert_type(types, "\xFE\xFF\0w\0o\0r\0d", 10, "Begin");
	assert_text(types, "two and ONE", "Both");
	assert_text(types, "two and twone", "Both");
	assert_text(types, "two and o ne", "Text");
	assert_type(types, "a\0b\0c\0d\0", 8, "Wide");
	assert_type(types, "", 0, NULL);
}

static void test_malformed(void)
{
	static const char *const tables[][2] = {
		{ "\n0\t41\tname\n", "line 2: a row has" },
		{ "0\t41\t\td\n", "line 1: a row has" },
		{ "x\t41\tname\td\n", "line 1: no place" },
		{ "-1\t41\tname\td\n", "line 1: no place" },
		{ "5-4\t41\tname\td\n", "line 1: no place" },
		{ "0-65537\t41\tname\td\n", "line 1: no place" },
		{ "@\t41\tname\td\n", "line 1: no place" },
		{ "0\t4\tname\td\n", "line 1: no bytes" },
		{ "0\t\"open\tname\td\n", "line 1: no bytes" },
		{ "0\tzz\tname\td\n", "line 1: no bytes" },
		{ "0 & 1\t41\tname\td\n", "line 1: to each place" },
		{ "0\t41 & 42\tname\td\n", "line 1: to each place" },
		{ "0\t\"\xFF\"\tname\td\n", "the table is no text" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(FileTypes) types = file_types_read(slice_from_text(tables[i][0]), &error);

		g_assert_null(types);
		g_assert_nonnull(error);
		if (!g_str_has_prefix(error->message, tables[i][1]))
			g_error("%s: \"%s\"", tables[i][0], error->message);
	}
}

static void test_table_limits(void)
{
	g_autoptr(GString) text = g_string_new("0\t");
	g_autoptr(GError) error = NULL;
	g_autoptr(FileTypes) types = NULL;

	for (guint i = 0; i < LIMIT_FILE_TYPE_BYTES; i++)
		g_string_append(text, "41 ");
	g_string_append(text, "\tname\td\n");
	types = file_types_read(slice_from_text(text->str), &error);
	g_assert_no_error(error);
	g_string_insert(text, 2, "42 ");
	g_assert_null(file_types_read(slice_from_text(text->str), &error));
	g_assert_nonnull(error);
}

/* ---- the shipped one ---- */

static void test_shipped_texts(void)
{
	static const char *const samples[][2] = {
		{ "#!/bin/sh\necho\n", "Shell" },
		{ "#!/usr/bin/env python3\n", "Python" },
		{ "#!/opt/x\n", "UNIX SCRIPT" },
		{ "<?php echo 1; ?>", "PHP" },
		{ "<html><?PHP echo 1; ?></html>", "PHP" },
		{ "<%@ Page Language=\"C#\" %>", "ASPX" },
		{ "<%@ Page Language=\"Jscript\"%><%eval(Request.Item[\"x\"],\"unsafe\");%>",
			"ASPX" },
		{ "<%@ Import Namespace=\"System.IO\" %>", "ASPX" },
		{ "<script language=\"JScript\" runat=\"server\">", "ASPX" },
		{ "<%@ page import=\"java.util.*\" %>", "JSP" },
		{ "<%@page contentType=\"text/html\" %>", "JSP" },
		{ "<% out.println(request.getParameter(\"x\")); %>", "JSP" },
		{ "<% Response.Write(\"x\") %>", "ASP" },
		{ "<%@ LANGUAGE=VBScript %>", "ASP" },
		{ "@echo off\r\ndir\r\n", "BATCH" },
		{ "REM a comment\r\n", "BATCH" },
		{ "$ErrorActionPreference = 'Stop'\r\n", "PowerShell" },
		{ "# x\n[CmdletBinding()]\nparam()\n", "PowerShell" },
		{ "On Error Resume Next\r\n", "VBS" },
		{ "Set o = CreateObject(\"x\")\r\n", "VBS" },
		{ "<html><head><HTA:APPLICATION ID=\"x\">", "HTA" },
		{ "Windows Registry Editor Version 5.00\r\n", "Windows Registry File" },
		{ "TVqQAAMAAAAEAAAA", "Base64 EXE" },
		{ "{\\rtf1\\ansi x}", "RTF" },
		{ "<?xml version=\"1.0\"?><a/>", "XML" },
		{ "<!DOCTYPE html><html>", "HTML" },
		{ "{\"a\": 1}", "JSON" },
		{ "{\n  \"a\": 1}", "JSON" },
		{ "#Software: IIS\r\n#Fields: date\r\n", "W3C Log" },
		{ "-----BEGIN RSA PRIVATE KEY-----\n", "Private Key" },
		{ "Received: from x\n", "EML" },
		{ "nothing of all this\n", "Text" },
		{ "%PDF-1.7\n", "PDF" },
		{ "GIF89a<?php echo 1; ?>", "GIF" },
		{ "MZ", "EXE" },
	};
	g_autoptr(FileTypes) types = read_shipped();

	for (guint i = 0; i < G_N_ELEMENTS(samples); i++)
		assert_text(types, samples[i][0], samples[i][1]);
	assert_type(types, "\xFF\xFE<\0?\0x\0m\0l\0", 12, "XML");
	assert_type(types, "\xFF\xFEw\0o\0r\0d\0", 10, "UTF-16 Text");
	assert_type(types,
		"\x7F"
		"ELF\x02\x01\x01\0",
		8, "ELF");
	assert_type(types, "\xFF\xD8\xFF\xE0", 4, "JPEG");
	assert_type(types, "ElfFile\0", 8, "EVTX");
	assert_type(types, "\xCA\xFE\xBA\xBE\0\0\0\x34", 8, "Class");
	assert_type(types, "\xCA\xFE\xBA\xBE\0\0\0\x02", 8, "MACH-O");
	assert_type(types, "\x01\x02\x03\x04", 4, NULL);
}

static void test_lsass_dump(void)
{
	g_autoptr(FileTypes) types = read_shipped();
	guint8 dump[4096] = "MDMP";

	assert_type(types, dump, sizeof dump, "MDMP");
	memcpy(dump + 3000, "l\0s\0a\0s\0r\0v\0.\0d\0l\0l\0", 20);
	assert_type(types, dump, sizeof dump, "LSASS Dump File");
}

/* ---- compound files ---- */

#define SECTOR 512

static void put(guint8 *bytes, gsize at, guint32 number, guint size)
{
	for (guint i = 0; i < size; i++)
		bytes[at + i] = (guint8)(number >> (8 * i));
}

/* A directory of two sectors, 0 and then 2; sector 1 has the table. */
static void make_ole(guint8 bytes[4 * SECTOR])
{
	memset(bytes, 0, 4 * SECTOR);
	put(bytes, 0, 0xE011CFD0, 4);
	put(bytes, 4, 0xE11AB1A1, 4);
	put(bytes, 30, 9, 2);
	put(bytes, 48, 0, 4);
	put(bytes, 76, 1, 4);
	put(bytes, 2 * SECTOR, 2, 4);
	put(bytes, 2 * SECTOR + 8, 0xFFFFFFFE, 4);
}

static void test_ole(void)
{
	g_autoptr(FileTypes) types = read_shipped();
	static const char name[] = "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0";
	guint8 bytes[4 * SECTOR];

	make_ole(bytes);
	assert_type(types, bytes, sizeof bytes, "OLE");
	memcpy(bytes + 3 * SECTOR + 128, name, sizeof name - 1);
	assert_type(types, bytes, sizeof bytes, "OLE DOC");
	for (gsize size = 0; size < sizeof bytes; size++) {
		g_autofree guint8 *copy = g_memdup2(bytes, MAX(size, 1));
		Slice content = slice_make(copy, size);

		(void)file_types_find(types, content, content);
	}
	/* Sector 2 is followed by itself: the end of the room ends it. */
	put(bytes, 2 * SECTOR + 8, 2, 4);
	assert_type(types, bytes, sizeof bytes, "OLE DOC");
	/* Nonsense in the header. */
	put(bytes, 30, 40, 2);
	assert_type(types, bytes, sizeof bytes, "OLE");
}

/* ---- ZIP archives ---- */

/* Of one empty member; with @comment bytes behind the end. */
static GByteArray *make_zip(const char *name, guint comment)
{
	GByteArray *bytes = g_byte_array_new();
	guint8 local[30] = "PK\003\004", entry[46] = "PK\001\002", end[22] = "PK\005\006";
	guint8 zero = 0;
	guint size = (guint)strlen(name);

	put(local, 26, size, 2);
	put(entry, 28, size, 2);
	put(end, 8, 1, 2);
	put(end, 10, 1, 2);
	put(end, 12, sizeof entry + size, 4);
	put(end, 16, sizeof local + size, 4);
	put(end, 20, comment, 2);
	g_byte_array_append(bytes, local, sizeof local);
	g_byte_array_append(bytes, (const guint8 *)name, size);
	g_byte_array_append(bytes, entry, sizeof entry);
	g_byte_array_append(bytes, (const guint8 *)name, size);
	g_byte_array_append(bytes, end, sizeof end);
	for (guint i = 0; i < comment; i++)
		g_byte_array_append(bytes, &zero, 1);
	return bytes;
}

static void assert_zip(FileTypes *types, const char *name, const char *expected)
{
	for (guint comment = 0; comment <= 65535; comment += 65535) {
		g_autoptr(GByteArray) bytes = make_zip(name, comment);

		assert_type(types, bytes->data, bytes->len, expected);
	}
}

static void test_zip(void)
{
	g_autoptr(FileTypes) types = read_shipped();
	g_autoptr(GByteArray) bytes = make_zip("word/document.xml", 0);

	assert_zip(types, "readme.txt", "ZIP");
	assert_zip(types, "word/document.xml", "Office DOCX");
	assert_zip(types, "word/vbaProject.bin", "Office DOCM");
	assert_zip(types, "xl/workbook.xml", "Office XLSX");
	assert_zip(types, "META-INF/MANIFEST.MF", "JAR");
	for (gsize size = 4; size < bytes->len; size++)
		assert_type(types, bytes->data, size, "ZIP");
	/* A directory that lies nowhere. */
	put(bytes->data, bytes->len - 6, 0xFFFFFFFF, 4);
	assert_type(types, bytes->data, bytes->len, "ZIP");
}

/* ---- text or not ---- */

static void test_text(void)
{
	g_autoptr(FileTypes) types = read_table("utf-16\t\tWide\td\ntext\t\tText\td\n");
	g_autoptr(GString) long_text = g_string_new(NULL);

	assert_text(types,
		"Gr\xC3\xBC\xC3\x9F"
		"e\x1B[0m",
		"Text");
	assert_text(types, "\xD0\x9F\xD1\x80\xD0\xB8", "Text"); /* Cyrillic, all of it */
	assert_text(types,
		"Gr\xFC\xDF"
		"e aus K\xF6ln",
		"Text"); /* Windows-1252 */
	assert_text(types, "\xFC\xDF\xF6\xE4\xFC\xDF\xF6\xE4", NULL);
	assert_type(types, "a\0b", 3, NULL);
	assert_text(types, "\x7F", NULL);
	assert_text(types, " \n", "Text");
	/* The 4096th byte may stand within a character. */
	for (guint i = 0; i < 3000; i++)
		g_string_append(long_text, "\xD0\x9F");
	assert_text(types, long_text->str, "Text");
	g_string_insert_c(long_text, 0, 'a');
	assert_text(types, long_text->str, "Text");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/file-types/places", test_places);
	g_test_add_func("/file-types/malformed", test_malformed);
	g_test_add_func("/file-types/table-limits", test_table_limits);
	g_test_add_func("/file-types/shipped-texts", test_shipped_texts);
	g_test_add_func("/file-types/lsass-dump", test_lsass_dump);
	g_test_add_func("/file-types/ole", test_ole);
	g_test_add_func("/file-types/zip", test_zip);
	g_test_add_func("/file-types/text", test_text);
	return g_test_run();
}
