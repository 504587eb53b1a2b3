/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates stand in a row behind the image: size u32, revision u16, kind u16, then for kind 2 a
 * PKCS #7 SignedData. libcrypto reads it. That a name stands there says nothing about who signed:
 * neither the signature nor its certificates are checked.
 */
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include "base/cursor.h"
#include "base/text.h"
#include "readers/file/pe.h"

#define CERTIFICATE_HEADER_BYTES 8
#define KIND_SIGNED_DATA	 2

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PKCS7, PKCS7_free)

/* The first certificate of the kind that is understood; empty where there is none. */
static Slice find_signature(const PeImage *image)
{
	PeRange range = image->directories[PE_CERTIFICATES];
	Slice table = slice_sub(image->bytes, range.address, range.size);
	guint16 kind;
	guint32 size;

	if (!range.address || !slice_u32(table, 0, &size) || !slice_u16(table, 6, &kind) ||
		kind != KIND_SIGNED_DATA || size <= CERTIFICATE_HEADER_BYTES ||
		size > LIMIT_PE_SIGNATURE_BYTES)
		return SLICE_EMPTY;
	return slice_sub(table, CERTIFICATE_HEADER_BYTES, (size_t)size - CERTIFICATE_HEADER_BYTES);
}

/* The certificate that the first signer names; borrowed from @signature. */
static X509 *find_signer(PKCS7 *signature)
{
	STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(signature);
	PKCS7_ISSUER_AND_SERIAL *name;

	if (!PKCS7_type_is_signed(signature) || sk_PKCS7_SIGNER_INFO_num(signers) < 1 ||
		sk_X509_num(signature->d.sign->cert) > LIMIT_PE_CERTIFICATES)
		return NULL;
	name = sk_PKCS7_SIGNER_INFO_value(signers, 0)->issuer_and_serial;
	return X509_find_by_issuer_and_serial(signature->d.sign->cert, name->issuer, name->serial);
}

static void append_name(const X509_NAME *name, GString *ret)
{
	g_autoptr(BIO) out = BIO_new(BIO_s_mem());
	char *text;
	long size;

	if (!out || X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
		return;
	size = BIO_get_mem_data(out, &text);
	if (size > 0)
		text_append_utf8(ret, slice_make(text, (size_t)size));
}

void pe_signer_append(const PeImage *image, GString *ret)
{
	Slice bytes = find_signature(image);
	const unsigned char *at = bytes.data;
	g_autoptr(PKCS7) signature = NULL;
	X509 *signer;

	if (!bytes.size)
		return;
	signature = d2i_PKCS7(NULL, &at, (long)bytes.size);
	signer = signature ? find_signer(signature) : NULL;
	if (signer)
		append_name(X509_get_subject_name(signer), ret);
	ERR_clear_error();
}
