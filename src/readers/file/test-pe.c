/* SPDX-License-Identifier: Apache-2.0 */
/* What is read from images of programs that tests/pe-writer makes; whole, cut and damaged. */
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/text.h"
#include "pe-writer.h"
#include "readers/file/pe.h"

static const char *const kernel[] = { "ExitProcess", "GetProcAddress", NULL };
static const char *const sockets[] = { "#115", "#23", "#9999", NULL };
static const char *const automation[] = { "#2", "#6", "SysFreeString", NULL };
static const char *const others[] = { "#7", "?Run@App@@QEAAXXZ", NULL };
static const PeLibrary libraries[] = {
	{ "KERNEL32.dll", kernel },
	{ "WS2_32.dll", sockets },
	{ "wsock32.DLL", sockets },
	{ "OLEAUT32.dll", automation },
	{ "Winspool.drv", others },
	{ "ntoskrnl.sys", others, .has_no_names = TRUE },
	{ "a.b.ocx", kernel },
};

/* What pefile and YARA make the MD5 of. */
#define IMPORTS_BUT_LAST                                                                           \
	"kernel32.exitprocess,kernel32.getprocaddress,ws2_32.wsastartup,ws2_32.socket,"            \
	"ws2_32.ord9999,wsock32.wsastartup,wsock32.socket,wsock32.ord9999,"                        \
	"oleaut32.sysallocstring,oleaut32.sysfreestring,oleaut32.sysfreestring,"                   \
	"winspool.drv.ord7,winspool.drv.?run@app@@qeaaxxz,ntoskrnl.ord7,"                          \
	"ntoskrnl.?run@app@@qeaaxxz"
#define IMPORTS IMPORTS_BUT_LAST ",a.b.exitprocess,a.b.getprocaddress"

static const char *const strings[] = { "CompanyName", "Example Ltd", "FileDescription", "",
	"FileVersion", "1.2.3.4 (built)", "InternalName", "mt", "OriginalFilename", "mt.exe",
	"ProductName", "Example Tool", "Comments", "none", NULL };

static PePlan whole_plan(gboolean is_64_bit)
{
	return (PePlan){ .is_64_bit = is_64_bit,
		.time_stamp = 1614679872,
		.libraries = libraries,
		.n_libraries = G_N_ELEMENTS(libraries),
		.strings = strings };
}

static PeImage open_image(const GByteArray *bytes)
{
	PeImage image;

	g_assert_true(pe_image_open(slice_make(bytes->data, bytes->len), &image));
	return image;
}

static char *imports_of(const GByteArray *bytes)
{
	g_autoptr(GString) text = g_string_new(NULL);
	PeImage image = open_image(bytes);

	g_assert_true(pe_imports_append(&image, text));
	return g_strdup(text->str);
}

static void put_u32(GByteArray *bytes, gsize at, guint32 number)
{
	g_assert_cmpuint(at + 4, <=, bytes->len);
	for (guint i = 0; i < 4; i++)
		bytes->data[at + i] = (guint8)(number >> (8 * i));
}

/* ---- whole images ---- */

static void test_imports(void)
{
	for (guint i = 0; i < 2; i++) {
		PePlan plan = whole_plan(i);
		g_autoptr(GByteArray) bytes = pe_write(&plan).image;
		g_autofree char *imports = imports_of(bytes);

		g_assert_cmpstr(imports, ==, IMPORTS);
	}
}

/* Names that none could have are passed over, as by pefile, and so is ordinal 0. */
static void test_odd_names(void)
{
	static const char *const functions[] = { "a b", "#0", "", "Fine", "x\x01", NULL };
	static const PeLibrary odd[] = { { "a\"b.dll", functions }, { "", functions } };
	const PePlan plan = { .libraries = odd, .n_libraries = 2 };
	g_autoptr(GByteArray) bytes = pe_write(&plan).image;
	g_autofree char *imports = imports_of(bytes);

	g_assert_cmpstr(imports, ==, "*invalid*.fine");
}

/* A library of which one entry leads nowhere is left out, its table of addresses is tried. */
static void test_leading_nowhere(void)
{
	PePlan plan = { .libraries = libraries, .n_libraries = 1 };
	g_autoptr(GByteArray) bytes = pe_write(&plan).image;
	g_autofree char *by_addresses = NULL;
	g_autofree char *none = NULL;
	guint32 table;

	g_assert_true(slice_u32(slice_make(bytes->data, bytes->len), PE_WRITER_IMPORTS, &table));
	put_u32(bytes, PE_WRITER_IMPORTS, 0x7000000);
	by_addresses = imports_of(bytes);
	g_assert_cmpstr(by_addresses, ==, "kernel32.exitprocess,kernel32.getprocaddress");
	put_u32(bytes, PE_WRITER_IMPORTS + 16, 0x7000000);
	none = imports_of(bytes);
	g_assert_cmpstr(none, ==, "");
}

static void test_nothing(void)
{
	const PePlan plan = { 0 };
	g_autoptr(GByteArray) bytes = pe_write(&plan).image;
	g_autofree char *imports = imports_of(bytes);
	g_autoptr(GString) signer = g_string_new(NULL);
	Slice found[PE_N_VERSION_STRINGS] = { 0 };
	PeImage image = open_image(bytes);

	g_assert_cmpstr(imports, ==, "");
	g_assert_true(pe_version_strings(&image, found));
	for (guint i = 0; i < PE_N_VERSION_STRINGS; i++)
		g_assert_cmpuint(found[i].size, ==, 0);
	pe_signer_append(&image, signer);
	g_assert_cmpstr(signer->str, ==, "");
	g_assert_cmpuint(image.time_stamp, ==, 0);
}

static void test_version(void)
{
	static const char *const expected[] = { "Example Ltd", "", "1.2.3.4 (built)",
		"Example Tool", "mt.exe", "mt" };

	for (guint i = 0; i < 2; i++) {
		PePlan plan = whole_plan(i);
		g_autoptr(GByteArray) bytes = pe_write(&plan).image;
		Slice found[PE_N_VERSION_STRINGS] = { 0 };
		PeImage image = open_image(bytes);

		g_assert_true(pe_version_strings(&image, found));
		for (guint k = 0; k < PE_N_VERSION_STRINGS; k++) {
			g_autoptr(GString) text = g_string_new(NULL);

			text_append_utf16(text, found[k]);
			g_assert_cmpstr(text->str, ==, expected[k]);
		}
		g_assert_cmpuint(image.time_stamp, ==, 1614679872);
		g_assert_cmpint(image.is_64_bit, ==, i);
	}
}

/* ---- signatures ---- */

static void name_certificate(X509 *certificate, const char *common_name)
{
	X509_NAME *name = X509_get_subject_name(certificate);

	g_assert_true(X509_NAME_add_entry_by_txt(
		name, "O", MBSTRING_UTF8, (const guint8 *)"Beispiel, Söhne", -1, -1, 0));
	g_assert_true(X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_UTF8, (const guint8 *)common_name, -1, -1, 0));
	g_assert_true(X509_set_issuer_name(certificate, name));
}

/* Signs a text that has nothing to do with the image: no signature is checked. */
static guint8 *make_signature(gsize *ret_size)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	BIO *text = BIO_new_mem_buf("text", -1);
	PKCS7 *signature;
	guint8 *der = NULL, *copy;
	int size;

	g_assert_true(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 4711));
	g_assert_nonnull(X509_gmtime_adj(X509_getm_notBefore(certificate), 0));
	g_assert_nonnull(X509_gmtime_adj(X509_getm_notAfter(certificate), 3600));
	name_certificate(certificate, "Example Signer");
	g_assert_true(X509_set_pubkey(certificate, key));
	g_assert_cmpint(X509_sign(certificate, key, EVP_sha256()), >, 0);
	signature = PKCS7_sign(certificate, key, NULL, text, PKCS7_BINARY);
	g_assert_nonnull(signature);
	size = i2d_PKCS7(signature, &der);
	g_assert_cmpint(size, >, 0);
	copy = g_memdup2(der, (gsize)size);
	*ret_size = (gsize)size;
	OPENSSL_free(der);
	PKCS7_free(signature);
	BIO_free(text);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return copy;
}

static char *signer_of(Slice bytes)
{
	g_autoptr(GString) signer = g_string_new(NULL);
	PeImage image;

	if (pe_image_open(bytes, &image))
		pe_signer_append(&image, signer);
	return g_strdup(signer->str);
}

static void test_signer(void)
{
	PePlan plan = whole_plan(TRUE);
	g_autofree guint8 *signature = make_signature(&plan.signature_bytes);
	g_autoptr(GByteArray) bytes = NULL;
	gsize unsigned_bytes;

	bytes = pe_write(&plan).image;
	unsigned_bytes = bytes->len;
	g_byte_array_unref(bytes);
	plan.signature = signature;
	bytes = pe_write(&plan).image;
	for (gsize size = unsigned_bytes; size <= bytes->len; size++) {
		g_autofree guint8 *copy = g_memdup2(bytes->data, size);
		g_autofree char *signer = signer_of(slice_make(copy, size));

		/* What is cut off has no signer, but for the last zeros. */
		if (size < unsigned_bytes + 8 + plan.signature_bytes)
			g_assert_cmpstr(signer, ==, "");
		else
			g_assert_cmpstr(signer, ==, "CN=Example Signer,O=Beispiel\\, Söhne");
	}
}

/* ---- damage ---- */

/* All that is read of any bytes; it must come to an end, inside of them. */
static void read_any(Slice bytes)
{
	g_autoptr(GString) text = g_string_new(NULL);
	Slice found[PE_N_VERSION_STRINGS] = { 0 };
	PeImage image;

	if (!pe_image_open(bytes, &image))
		return;
	(void)pe_imports_append(&image, text);
	(void)pe_version_strings(&image, found);
	for (guint i = 0; i < PE_N_VERSION_STRINGS; i++)
		g_assert_true(found[i].size == 0 ||
			(found[i].data >= bytes.data &&
				found[i].data + found[i].size <= bytes.data + bytes.size));
	pe_signer_append(&image, text);
}

static void test_prefixes(void)
{
	for (guint i = 0; i < 2; i++) {
		PePlan plan = whole_plan(i);
		g_autoptr(GByteArray) bytes = pe_write(&plan).image;

		for (gsize size = 0; size < bytes->len; size++) {
			g_autofree guint8 *copy = g_memdup2(bytes->data, MAX(size, 1));

			read_any(slice_make(copy, size));
		}
	}
}

static void test_flips(void)
{
	static const guint8 flips[] = { 0xFF, 0x80, 0x01, 0x40 };

	for (guint i = 0; i < 2; i++) {
		PePlan plan = whole_plan(i);
		g_autoptr(GByteArray) bytes = pe_write(&plan).image;

		for (gsize at = 0; at < bytes->len; at++) {
			for (guint k = 0; k < G_N_ELEMENTS(flips); k++) {
				bytes->data[at] ^= flips[k];
				read_any(slice_make(bytes->data, bytes->len));
				bytes->data[at] ^= flips[k];
			}
		}
	}
}

/* Directories that lead back to themselves, and say to have more entries than there can be. */
static void test_resource_loop(void)
{
	PePlan plan = whole_plan(FALSE);
	WrittenPe written = pe_write(&plan);
	g_autoptr(GByteArray) bytes = written.image;
	Slice found[PE_N_VERSION_STRINGS] = { 0 };
	PeImage image;

	put_u32(bytes, written.resources + 20, 0x80000000u);
	put_u32(bytes, written.resources + 12, 0xFFFFFFFFu);
	image = open_image(bytes);
	g_assert_true(pe_version_strings(&image, found));
	g_assert_cmpuint(found[0].size, ==, 0);
}

/* Many libraries that share one table: a small file that would make much text. */
static void test_import_limit(void)
{
	static const char *functions[1000];
	PeLibrary many[100];
	PePlan plan = { .libraries = many, .n_libraries = G_N_ELEMENTS(many) };
	g_autoptr(GString) text = g_string_new("before");
	g_autoptr(GByteArray) bytes = NULL;
	PeImage image;

	for (guint i = 0; i + 1 < G_N_ELEMENTS(functions); i++)
		functions[i] = "Same";
	for (guint i = 0; i < G_N_ELEMENTS(many); i++)
		many[i] = (PeLibrary){ "many.dll", functions };
	bytes = pe_write(&plan).image;
	image = open_image(bytes);
	g_assert_false(pe_imports_append(&image, text));
	g_assert_cmpstr(text->str, ==, "before");
	/* As many as may be are taken. */
	plan.n_libraries = LIMIT_PE_IMPORTS / 999;
	g_byte_array_unref(bytes);
	bytes = pe_write(&plan).image;
	image = open_image(bytes);
	g_assert_true(pe_imports_append(&image, text));
}

/* Two sections at one address: the first in the file is the one that counts. */
static void test_overlapping_sections(void)
{
	PePlan plan = whole_plan(FALSE);
	g_autoptr(GByteArray) bytes = pe_write(&plan).image;
	gsize sections = PE_WRITER_HEADER + 24 + 96 + 16 * 8;
	g_autofree char *imports = NULL;

	put_u32(bytes, sections + 40 + 12, PE_WRITER_IMPORTS_ADDRESS);
	imports = imports_of(bytes);
	g_assert_cmpstr(imports, ==, IMPORTS);
}

/* ---- peers ---- */

/* YARA's own module, where its command is installed. pefile's way with "a.b.ocx" is another. */
static void test_yara(void)
{
	static const char rule[] =
		"import \"pe\"\nimport \"console\"\n"
		"rule a { condition: console.log(\"imphash=\", pe.imphash()) }\n";
	g_autofree char *yara = g_find_program_in_path("yara");
	g_autofree char *folder = g_dir_make_tmp("spoor-pe-XXXXXX", NULL);
	g_autofree char *rule_path = g_build_filename(folder, "rule.yar", NULL);
	g_autofree char *image_path = g_build_filename(folder, "image", NULL);
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_MD5, IMPORTS_BUT_LAST, -1);
	g_autofree char *expected = g_strdup_printf("imphash=%s\n", hash);

	g_assert_true(g_file_set_contents(rule_path, rule, -1, NULL));
	for (guint i = 0; yara && i < 2; i++) {
		char *arguments[] = { yara, rule_path, image_path, NULL };
		g_autofree char *said = NULL;
		PePlan plan = whole_plan(i);
		g_autoptr(GByteArray) bytes = NULL;

		plan.n_libraries--;
		bytes = pe_write(&plan).image;
		g_assert_true(g_file_set_contents(
			image_path, (const char *)bytes->data, bytes->len, NULL));
		g_assert_true(g_spawn_sync(NULL, arguments, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL,
			NULL, &said, NULL, NULL, NULL));
		if (!strstr(said, "imphash="))
			break; /* a YARA without it */
		g_assert_true(g_str_has_prefix(said, expected));
	}
	(void)remove(rule_path);
	(void)remove(image_path);
	(void)remove(folder);
	if (!yara)
		g_test_skip("the yara command is not installed");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	text_warm_up();
	hash_warm_up();
	g_test_add_func("/pe/imports", test_imports);
	g_test_add_func("/pe/odd-names", test_odd_names);
	g_test_add_func("/pe/leading-nowhere", test_leading_nowhere);
	g_test_add_func("/pe/nothing", test_nothing);
	g_test_add_func("/pe/version", test_version);
	g_test_add_func("/pe/signer", test_signer);
	g_test_add_func("/pe/prefixes", test_prefixes);
	g_test_add_func("/pe/flips", test_flips);
	g_test_add_func("/pe/resource-loop", test_resource_loop);
	g_test_add_func("/pe/import-limit", test_import_limit);
	g_test_add_func("/pe/overlapping-sections", test_overlapping_sections);
	g_test_add_func("/pe/yara", test_yara);
	return g_test_run();
}
