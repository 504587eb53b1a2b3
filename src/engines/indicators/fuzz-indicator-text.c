/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as text of every kind, with indicators of every kind. The first byte says which. */
#include "base/hash.h"
#include "base/text.h"
#include "engines/indicators/test-indicators.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const lines[] = { "host evil.example", "host xn--bcher-kva.example",
	"address 192.0.2.1", "address 2001:db8::1", "network 198.51.100.0/24",
	"network 2001:db8:1::/48", "url http://evil.example/a?b", "email x@evil.example",
	"file-name evil.exe", "file-path Temp\\evil.exe", "file-path tmp\\x",
	"registry-key HKLM\\Software\\Evil", "pipe evil", "mutex Evil", "user-agent Evil/1.0",
	"md5 00000000000000000000000000000000", "ja3 00000000000000000000000000000001",
	"sha256 0000000000000000000000000000000000000000000000000000000000000000", NULL };

static Finder finder;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static TestStore *store;

	text_warm_up();
	hash_warm_up();
	store = test_store_new(lines);
	finder_init(&finder, &store->store, 1);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Slice text = slice_make(data, size);

	if (size == 0)
		return 0;
	finder_begin(&finder);
	finder_look_in(&finder, 0, OBSERVE_BIT(data[0] % OBSERVE_N), slice_sub(text, 1, text.size));
	return 0;
}
