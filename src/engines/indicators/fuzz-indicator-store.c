/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a store: it opens or not, and everything that is asked of it stays in its bytes. */
#include "base/hash.h"
#include "base/text.h"
#include "engines/indicators/catalogue.h"
#include "engines/indicators/find.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	text_warm_up();
	hash_warm_up();
	return 0;
}

static void ask(const Store *store)
{
	static const char text[] = "http://evil.example/a?b x@evil.example 192.0.2.1 2001:db8::1 "
				   "C:\\Temp\\evil.exe 00000000000000000000000000000000";
	Finder finder;

	finder_init(&finder, store, 1);
	for (guint i = 0; i < OBSERVE_N; i++) {
		finder_begin(&finder);
		finder_look_in(&finder, 0, OBSERVE_BIT(i), slice_from_text(text));
	}
	finder_clear(&finder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Catalogue catalogue;
	Store store;

	if (!store_open(&store, slice_make(data, size), NULL))
		return 0;
	catalogue_init(&catalogue);
	catalogue_add(&catalogue, &store, "fuzz");
	for (guint32 i = 0; i < MIN(store.n, 64); i++)
		rule_info_free(catalogue_describe(&catalogue, i));
	catalogue_clear(&catalogue);
	ask(&store);
	return 0;
}
