/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/indicators/re2-filter.h"

#include <algorithm>
#include <string>
#include <vector>

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#define MIN_ATOM_BYTES 3

struct Re2Filter {
	re2::FilteredRE2 filter;
	int n;

	Re2Filter() : filter(MIN_ATOM_BYTES), n(0)
	{
	}
};

Re2Filter *re2_filter_new(void)
{
	return new Re2Filter();
}

void re2_filter_free(Re2Filter *filter)
{
	delete filter;
}

int re2_filter_add(Re2Filter *filter, const char *pattern, gsize max_bytes, char **ret_problem)
{
	re2::RE2::Options options;
	int number;

	options.set_log_errors(false);
	options.set_max_mem(static_cast<int64_t>(max_bytes));
	if (filter->filter.Add(pattern, options, &number) != re2::RE2::NoError) {
		re2::RE2 again(pattern, options);

		*ret_problem = g_strdup(again.error().c_str());
		return -1;
	}
	filter->n++;
	return number;
}

char **re2_filter_compile(Re2Filter *filter)
{
	std::vector<std::string> atoms;
	char **ret;

	if (filter->n > 0)
		filter->filter.Compile(&atoms);
	ret = g_new0(char *, atoms.size() + 1);
	for (size_t i = 0; i < atoms.size(); i++)
		ret[i] = g_strdup(atoms[i].c_str());
	return ret;
}

void re2_filter_candidates(const Re2Filter *filter, const int *atoms, gsize n_atoms,
	void (*each)(void *context, int number), void *context)
{
	std::vector<int> present(atoms, atoms + n_atoms), numbers;

	if (filter->n == 0)
		return;
	filter->filter.AllPotentials(present, &numbers);
	std::sort(numbers.begin(), numbers.end());
	for (int number : numbers)
		each(context, number);
}

gboolean re2_filter_matches(const Re2Filter *filter, int number, const char *text, gsize size)
{
	re2::StringPiece piece(text, size);

	return filter->filter.GetRE2(number).Match(
		piece, 0, size, re2::RE2::UNANCHORED, nullptr, 0);
}
