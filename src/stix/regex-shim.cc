/* SPDX-License-Identifier: Apache-2.0 */
#include "stix/regex-shim.h"

#include <re2/re2.h>

struct StixRegex {
	re2::RE2 regex;

	StixRegex(const re2::StringPiece &pattern, const re2::RE2::Options &options)
	    : regex(pattern, options)
	{
	}
};

StixRegex *stix_regex_new(
	const char *pattern, gsize size, gboolean is_bytes, gsize max_bytes, char **ret_problem)
{
	re2::RE2::Options options;

	options.set_log_errors(false);
	options.set_max_mem(static_cast<int64_t>(max_bytes));
	if (is_bytes)
		options.set_encoding(re2::RE2::Options::EncodingLatin1);

	StixRegex *regex = new StixRegex(re2::StringPiece(pattern, size), options);

	if (!regex->regex.ok()) {
		*ret_problem = g_strdup(regex->regex.error().c_str());
		delete regex;
		return nullptr;
	}
	return regex;
}

void stix_regex_free(gpointer regex)
{
	delete static_cast<StixRegex *>(regex);
}

gboolean stix_regex_matches(const StixRegex *regex, const char *text, gsize size)
{
	re2::StringPiece piece(text, size);

	return regex->regex.Match(piece, 0, size, re2::RE2::UNANCHORED, nullptr, 0);
}
