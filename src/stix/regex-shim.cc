/* SPDX-License-Identifier: Apache-2.0 */
#include "stix/regex-shim.h"

#include <string>
#include <vector>

#include <re2/filtered_re2.h>
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

/* Of more atoms than these it does not pay to ask which are needed. */
#define MAX_ATOMS 64

/* Is the expression ruled out where all atoms but number @missing are there? */
static bool is_required(const re2::FilteredRE2 &filter, size_t n_atoms, size_t missing)
{
	std::vector<int> present, potential;

	for (size_t i = 0; i < n_atoms; i++)
		if (i != missing)
			present.push_back(static_cast<int>(i));
	filter.AllPotentials(present, &potential);
	return potential.empty();
}

char *stix_regex_required(const StixRegex *regex, gsize min_bytes)
{
	re2::FilteredRE2 filter(static_cast<int>(min_bytes));
	std::vector<std::string> atoms;
	std::string best;
	int id;

	if (filter.Add(regex->regex.pattern(), regex->regex.options(), &id) != re2::RE2::NoError)
		return nullptr;
	filter.Compile(&atoms);
	if (atoms.size() > MAX_ATOMS)
		return nullptr;
	for (size_t i = 0; i < atoms.size(); i++)
		if (atoms[i].size() > best.size() && g_str_is_ascii(atoms[i].c_str()) &&
			is_required(filter, atoms.size(), i))
			best = atoms[i];
	return best.size() < min_bytes ? nullptr : g_strndup(best.data(), best.size());
}
