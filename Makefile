# SPDX-License-Identifier: Apache-2.0
# A thin front for Meson: each target does its whole job on a fresh Debian 12.
#
#   make demo     builds spoor, scans the bundled example, writes the report and says what it found
#   make test     builds and runs every test that needs no privilege and no network
#   make bench    measures spoor beside the peers found on PATH (see bench/README.md)
#   make fuzz     builds the fuzz targets with libFuzzer and runs each for FUZZ_SECONDS
#   make sanitize builds with AddressSanitizer and UBSan and runs the unit tests
#   make install  installs below PREFIX (default /usr/local)

BUILD ?= build
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 30
BENCH_MB ?= 1024
BENCH_FLAGS ?=

.PHONY: all demo test bench fuzz sanitize install clean deps

all: deps
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) --buildtype=release --prefix=$(PREFIX)
	ninja -C $(BUILD)

# Says what is missing and installs it with apt-get, by sudo where not root; nothing if all is there.
deps:
	@tools/install-deps

demo: all
	@tools/demo $(BUILD)

test: all
	@tools/run-tests $(BUILD)

bench: all
	@bench/run $(BUILD) --megabytes $(BENCH_MB) $(BENCH_FLAGS)

fuzz: deps
	@tools/run-fuzz $(FUZZ_SECONDS)

sanitize: deps
	@tools/run-sanitizers

install: all
	meson configure $(BUILD) --prefix=$(PREFIX)
	meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) build-fuzz build-sanitize build-clang
