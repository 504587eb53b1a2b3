/* SPDX-License-Identifier: Apache-2.0 */
/* What a child unpacks, as it comes: names, places, hashes; and what it must not send. */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "coordinator/expansion.h"

static gboolean send_member(Expansion *expansion, const char *name)
{
	Message message = message_begin(MESSAGE_MEMBER);

	message_add_text(&message, name);
	message_add_number(&message, 7);
	return expansion_take(expansion, &message, NULL);
}

static gboolean send_data(Expansion *expansion, const char *text)
{
	Message message = message_begin(MESSAGE_DATA);

	message_add_text(&message, text);
	return expansion_take(expansion, &message, NULL);
}

static void test_members(void)
{
	g_autoptr(Expansion) expansion = expansion_new(TRUE);
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "abc", -1);
	g_autofree char *none = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "", -1);
	char bytes[4] = { 0 };
	const Member *member;

	g_assert_true(send_data(expansion, "")); /* a sign of life */
	g_assert_true(send_member(expansion, "first"));
	g_assert_true(send_data(expansion, "xyz"));
	g_assert_true(send_member(expansion, "second"));
	g_assert_true(send_data(expansion, "a") && send_data(expansion, "bc"));
	g_assert_true(send_member(expansion, "empty"));
	expansion_end(expansion, TRUE);
	g_assert_cmpuint(expansion_count(expansion), ==, 3);
	g_assert_cmpuint(expansion_size(expansion), ==, 6);
	member = expansion_member(expansion, 1);
	g_assert_cmpstr(member->name, ==, "second");
	g_assert_cmpstr(member->sha256, ==, sum);
	g_assert_cmpuint(member->offset, ==, 3);
	g_assert_cmpuint(member->size, ==, 3);
	g_assert_cmpint(member->modified, ==, 7);
	g_assert_cmpint(pread(spool_fd(expansion_spool(expansion)), bytes, 3, 3), ==, 3);
	g_assert_cmpstr(bytes, ==, "abc");
	g_assert_cmpstr(expansion_member(expansion, 2)->sha256, ==, none);
	/* What is handed to children can only be read. */
	g_assert_cmpint(write(spool_fd(expansion_spool(expansion)), "x", 1), ==, -1);
}

/* Every member has a name of its own, though somebody saw to it that the next number is taken. */
static void test_names(void)
{
	static const char *const sent[] = { "a", "a #2", "a", "a", "a #2", "b" };
	static const char *const kept[] = { "a", "a #2", "a #3", "a #4", "a #2 #2", "b" };
	g_autoptr(Expansion) expansion = expansion_new(FALSE);

	for (guint i = 0; i < G_N_ELEMENTS(sent); i++)
		g_assert_true(send_member(expansion, sent[i]));
	expansion_end(expansion, TRUE);
	for (guint i = 0; i < G_N_ELEMENTS(kept); i++)
		g_assert_cmpstr(expansion_member(expansion, i)->name, ==, kept[i]);
}

static void test_limits(void)
{
	g_autoptr(Expansion) expansion = expansion_new(TRUE);

	g_assert_false(send_data(expansion, "of nothing"));
	for (guint i = 0; i < LIMIT_ARCHIVE_MEMBERS + LIMIT_ARCHIVE_FILES; i++)
		g_assert_true(send_member(expansion, "same"));
	g_assert_false(send_member(expansion, "same"));
	expansion_clear(expansion);
	g_assert_cmpuint(expansion_count(expansion), ==, 0);
	g_assert_true(send_member(expansion, "same"));
}

static void test_cut(void)
{
	g_autoptr(Expansion) expansion = expansion_new(FALSE);

	for (guint i = 0; i < 5; i++)
		g_assert_true(send_member(expansion, "x") && send_data(expansion, "ten bytes."));
	expansion_end(expansion, FALSE); /* the last is not whole */
	g_assert_cmpuint(expansion_count(expansion), ==, 4);
	g_assert_cmpuint(expansion_cut(expansion, 40), ==, 0);
	g_assert_cmpuint(expansion_cut(expansion, 39), ==, 1);
	g_assert_cmpuint(expansion_cut(expansion, 0), ==, 3);
	g_assert_cmpuint(expansion_count(expansion), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/expansion/members", test_members);
	g_test_add_func("/expansion/names", test_names);
	g_test_add_func("/expansion/limits", test_limits);
	g_test_add_func("/expansion/cut", test_cut);
	return g_test_run();
}
