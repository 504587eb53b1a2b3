/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/re2-shim.h"

#include <string>
#include <vector>

#include <re2/filtered_re2.h>
#include <re2/re2.h>

struct Re2Shim {
	re2::RE2 regex;

	Re2Shim(const char *pattern, const re2::RE2::Options &options) : regex(pattern, options)
	{
	}
};

static re2::RE2::Options options_with(gsize max_bytes)
{
	re2::RE2::Options options;

	options.set_log_errors(false);
	options.set_max_mem(static_cast<int64_t>(max_bytes));
	return options;
}

Re2Shim *re2_shim_new(const char *pattern, gsize max_bytes, char **ret_problem)
{
	Re2Shim *re2 = new Re2Shim(pattern, options_with(max_bytes));

	if (!re2->regex.ok()) {
		*ret_problem = g_strdup(re2->regex.error().c_str());
		delete re2;
		return nullptr;
	}
	return re2;
}

void re2_shim_free(Re2Shim *re2)
{
	delete re2;
}

gboolean re2_shim_matches(const Re2Shim *re2, const char *text, gsize size)
{
	re2::StringPiece piece(text, size);

	return re2->regex.Match(piece, 0, size, re2::RE2::UNANCHORED, nullptr, 0);
}

/*
 * RE2 turns the expression into a formula over literals ("atoms") that must hold of any text that
 * matches. An atom is required if the formula fails as soon as that one is missing and all others
 * are there.
 */
char *re2_shim_required(const Re2Shim *re2, gsize min_bytes)
{
	re2::FilteredRE2 filter(static_cast<int>(min_bytes));
	std::vector<std::string> atoms;
	std::string best;
	int id;

	if (filter.Add(re2->regex.pattern(), re2->regex.options(), &id) != re2::RE2::NoError)
		return nullptr;
	filter.Compile(&atoms);
	for (size_t missing = 0; missing < atoms.size(); missing++) {
		std::vector<int> present, potential;

		for (size_t i = 0; i < atoms.size(); i++)
			if (i != missing)
				present.push_back(static_cast<int>(i));
		filter.AllPotentials(present, &potential);
		if (potential.empty() && atoms[missing].size() > best.size())
			best = atoms[missing];
	}
	return best.empty() ? nullptr : g_strndup(best.data(), best.size());
}
