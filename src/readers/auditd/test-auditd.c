/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/auditd/auditd.h"
#include "readers/test-read.h"

static TestRead *read_text(const char *text)
{
	return test_read_text(&auditd_reader, text, 0);
}

static void check(const char *text, const char *fields)
{
	g_autoptr(TestRead) read = read_text(text);

	g_assert_cmpuint(read->lines->len, ==, 1);
	g_assert_cmpstr(test_read_fields(read, 0), ==, fields);
	g_assert_cmpuint(read->n_losses, ==, 0);
	g_assert_cmpuint(auditd_reader.probe(slice_from_text(text), ""), ==, 98);
}

/* A command: the registers of execve make way for its arguments. */
static void test_execve(void)
{
	check("type=SYSCALL msg=audit(1604994496.155:92733): arch=c000003e syscall=59 success=yes "
	      "a0=558e251634a0 a1=1 comm=\"arp\" exe=\"/usr/sbin/arp\" key=(null)\n"
	      "type=EXECVE msg=audit(1604994496.155:92733): argc=3 a0=\"arp\" a1=2D61 a2=\"-n\"\n"
	      "type=CWD msg=audit(1604994496.155:92733): cwd=\"/home/wardog\"\n"
	      "type=PATH msg=audit(1604994496.155:92733): item=0 name=\"/usr/sbin/arp\" "
	      "nametype=NORMAL\n"
	      "type=PATH msg=audit(1604994496.155:92733): item=1 name=2F6C696220 "
	      "nametype=NORMAL\n"
	      "type=PROCTITLE msg=audit(1604994496.155:92733): proctitle=617270002D61\n",
		"{\"LogFormat\":\"auditd\",\"type\":[\"SYSCALL\",\"EXECVE\",\"CWD\",\"PATH\","
		"\"PROCTITLE\"],\"timestamp\":\"1604994496.155\",\"serial\":\"92733\","
		"\"arch\":\"c000003e\",\"syscall\":\"59\",\"SYSCALL\":\"execve\","
		"\"cmdline\":\"arp -a -n\",\"success\":\"yes\",\"a0\":\"arp\",\"a1\":\"-a\","
		"\"a2\":\"-n\",\"argc\":\"3\",\"comm\":\"arp\",\"exe\":\"/usr/sbin/arp\","
		"\"key\":null,\"cwd\":\"/home/wardog\",\"item\":[\"0\",\"1\"],"
		"\"name\":[\"/usr/sbin/arp\",\"/lib \"],\"nametype\":[\"NORMAL\",\"NORMAL\"],"
		"\"proctitle\":\"arp -a\",\"syscall.a0\":\"558e251634a0\",\"syscall.a1\":\"1\"}");
}

static void test_enriched(void)
{
	check("node=web01 type=SYSCALL msg=audit(1604994496.155:1): arch=c000003e syscall=135 "
	      "a0=40000 auid=1000 key=\"a\"\x1d"
	      "ARCH=x86_64 SYSCALL=personality AUID=\"alice\"\n",
		"{\"LogFormat\":\"auditd\",\"node\":\"web01\",\"type\":\"SYSCALL\","
		"\"timestamp\":\"1604994496.155\",\"serial\":\"1\",\"arch\":\"c000003e\","
		"\"syscall\":\"135\",\"SYSCALL\":\"personality\",\"a0\":\"40000\","
		"\"auid\":\"1000\",\"key\":\"a\",\"ARCH\":\"x86_64\",\"AUID\":\"alice\"}");
}

static void test_program_messages(void)
{
	check("type=USER_CMD msg=audit(1604994496.155:1): pid=7 uid=1000 "
	      "msg='cwd=\"/root\" cmd=6C73202D6C terminal=pts/0 res=success'\x1dUID=\"alice\"\n",
		"{\"LogFormat\":\"auditd\",\"type\":\"USER_CMD\",\"timestamp\":\"1604994496.155\","
		"\"serial\":\"1\",\"pid\":\"7\",\"uid\":\"1000\",\"cwd\":\"/root\","
		"\"terminal\":\"pts/0\",\"res\":\"success\",\"UID\":\"alice\",\"cmd\":\"ls -l\"}");
	check("type=AVC msg=audit(1.002:3): avc:  denied  { read } for  pid=1 name=\"shadow\"\n",
		"{\"LogFormat\":\"auditd\",\"type\":\"AVC\",\"timestamp\":\"1.002\","
		"\"serial\":\"3\",\"text\":\"avc: denied { read for\",\"pid\":\"1\","
		"\"name\":\"shadow\"}");
	check("Mar  2 10:11:12 web01 kernel: [ 12.3] audit: type=1400 audit(1.002:3): "
	      "apparmor=\"DENIED\" type=\"x\"\n",
		"{\"LogFormat\":\"auditd\",\"node\":\"web01\",\"type\":\"AVC\","
		"\"timestamp\":\"1.002\",\"serial\":\"3\",\"apparmor\":\"DENIED\","
		"\"field.type\":\"x\"}");
}

static void test_long_arguments(void)
{
	check("type=EXECVE msg=audit(1.002:3): argc=2 a0=\"sh\" a1_len=6 a1[0]=6162 a1[1]=6364\n"
	      "type=EXECVE msg=audit(1.002:3): a1[2]=\"ef\"\n",
		"{\"LogFormat\":\"auditd\",\"type\":\"EXECVE\",\"timestamp\":\"1.002\","
		"\"serial\":\"3\",\"cmdline\":\"sh abcdef\",\"a0\":\"sh\",\"a1\":\"abcdef\","
		"\"argc\":\"2\"}");
}

static void test_addresses(void)
{
	check("type=SOCKADDR msg=audit(1.002:3): saddr=020001BB0A0000010000000000000000\n",
		"{\"LogFormat\":\"auditd\",\"type\":\"SOCKADDR\",\"timestamp\":\"1.002\","
		"\"serial\":\"3\",\"laddr\":\"10.0.0.1\",\"lport\":\"443\","
		"\"saddr\":\"020001BB0A0000010000000000000000\",\"saddr_fam\":\"inet\"}");
	check("type=SOCKADDR msg=audit(1.002:3): saddr=01002F6465762F6C6F670000\x1dSADDR={ "
	      "saddr_fam=local path=/dev/log }\n",
		"{\"LogFormat\":\"auditd\",\"type\":\"SOCKADDR\",\"timestamp\":\"1.002\","
		"\"serial\":\"3\",\"path\":\"/dev/log\",\"saddr\":\"01002F6465762F6C6F670000\","
		"\"saddr_fam\":\"local\"}");
}

static void test_interleaved(void)
{
	g_autoptr(TestRead) read = read_text("type=A msg=audit(1.000:1): x=1\n"
					     "type=A msg=audit(1.000:2): x=2\n"
					     "node=n type=B msg=audit(1.000:1): x=3\n"
					     "garbage\n"
					     "type=B msg=audit(1.000:2): x=4\n"
					     "type=B msg=audit(1.000:1): x=5\n");

	g_assert_cmpuint(read->lines->len, ==, 4);
	g_assert_nonnull(strstr(test_read_fields(read, 0), "\"x\":[\"1\",\"5\"]"));
	g_assert_nonnull(strstr(test_read_fields(read, 1), "\"x\":[\"2\",\"4\"]"));
	g_assert_nonnull(strstr(test_read_fields(read, 2), "\"x\":\"3\""));
	g_assert_cmpstr(test_read_fields(read, 3), ==,
		"{\"LogFormat\":\"auditd\",\"message\":\"garbage\"}");
	g_assert_cmpuint(read->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(read->notes->pdata[0], "header 1 Lines that are no audit"));
}

/* Many events at once, whose records are far apart, over the edges of ranges. */
static void test_split(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(TestRead) whole = NULL, split = NULL, pairs = NULL;

	for (guint i = 0; text->len < 5 << 20; i++) {
		for (guint k = 0; k < 20; k++)
			g_string_append_printf(text,
				"type=T%u msg=audit(%u.%03u:%u): a=%u some=\"thing else\"\n", k % 3,
				1000 + i, k, i * 7 + k % 11, i);
		if (i % 5 == 0)
			g_string_append_printf(text, "type=LATE msg=audit(%u.%03u:%u): late=%u\n",
				1000 + i - i % 600, i % 20, (i - i % 600) * 7 + i % 20 % 11, i);
	}
	whole = test_read_make(&auditd_reader, text->str, text->len, 0, 100);
	split = test_read_make(&auditd_reader, text->str, text->len, 0, 1);
	pairs = test_read_make(&auditd_reader, text->str, text->len, 0, 2);
	test_read_same(whole, split);
	test_read_same(whole, pairs);
	g_assert_cmpuint(whole->lines->len, >, 50000);
}

/* An event that never ends is cut off and does not hold up the others. */
static void test_endless(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(TestRead) whole = NULL, split = NULL;

	for (guint i = 0; text->len < 4 << 20; i++)
		g_string_append_printf(
			text, "type=X msg=audit(1.000:%u): i=%u\n", i % 100 ? 1000 + i : 7, i);
	whole = test_read_make(&auditd_reader, text->str, text->len, 0, 100);
	split = test_read_make(&auditd_reader, text->str, text->len, 0, 1);
	test_read_same(whole, split);
	g_assert_cmpuint(whole->notes->len, ==, 1);
	g_assert_true(g_str_has_prefix(whole->notes->pdata[0], "limit 0 An audit event has more"));
	g_assert_cmpuint(split->notes->len, ==, 1);
}

/* Ranges look at lines around them: what is odd about those, each tells of its own alone. */
static void test_told_once(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(TestRead) split = NULL;
	guint n_told = 0, n = 0;

	for (; text->len < 3 << 20; n++)
		g_string_append_printf(
			text, "type=USER_CMD msg=audit(1604994496.155:%u): cmd=\"\xe4\"\n", n);
	split = test_read_make(&auditd_reader, text->str, text->len, 0, 1);
	g_assert_cmpuint(split->lines->len, ==, n);
	for (guint i = 0; i < split->notes->len; i++) {
		const char *note = split->notes->pdata[i];

		g_assert_true(g_str_has_prefix(note, "encoding "));
		n_told += (guint)g_ascii_strtoull(note + strlen("encoding "), NULL, 10);
	}
	g_assert_cmpuint(n_told, ==, n);
}

static void test_truncated(void)
{
	static const char text[] = "type=EXECVE msg=audit(1604994496.155:1): argc=1 a0=\"w\"\n"
				   "type=SYSCALL msg=audit(1604994496.155:1): arch=c000003e "
				   "syscall=59 msg='a=1' saddr=01002F\n";

	for (gsize size = 0; size < sizeof text; size++) {
		g_autoptr(TestRead) read = test_read_make(&auditd_reader, text, size, 0, 0);

		g_assert_cmpuint(read->lines->len, <=, 2);
		g_assert_cmpuint(read->n_losses, ==, 0);
	}
}

static void test_probe(void)
{
	static const char *const others[] = { "", "hello\n", "type=SYSCALL\n",
		"Mar  2 10:11:12 h sshd[1]: x\n", "{\"type\":\"audit(1.2:3)\"}\n",
		"type=SYSCALL msg=audit(x:3): a=b\n" };

	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_cmpuint(auditd_reader.probe(slice_from_text(others[i]), ""), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/auditd/command", test_execve);
	g_test_add_func("/auditd/enriched", test_enriched);
	g_test_add_func("/auditd/program-messages", test_program_messages);
	g_test_add_func("/auditd/long-arguments", test_long_arguments);
	g_test_add_func("/auditd/addresses", test_addresses);
	g_test_add_func("/auditd/interleaved", test_interleaved);
	g_test_add_func("/auditd/split-as-whole", test_split);
	g_test_add_func("/auditd/endless-event", test_endless);
	g_test_add_func("/auditd/told-once", test_told_once);
	g_test_add_func("/auditd/truncated-anywhere", test_truncated);
	g_test_add_func("/auditd/probe", test_probe);
	return g_test_run();
}
