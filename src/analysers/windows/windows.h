/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts about Windows events: what one log writes, as another log (and so the rules) would write
 * it. One file for each analyser; its head says what it is for.
 */
#pragma once

#include "analysers/fact.h"

extern const Analyser analyser_account;
extern const Analyser analyser_decimal;
extern const Analyser analyser_device_path;
extern const Analyser analyser_first;
extern const Analyser analyser_hash_part;
extern const Analyser analyser_integrity_level;
extern const Analyser analyser_is_ipv6;
extern const Analyser analyser_join;
extern const Analyser analyser_key_value;
extern const Analyser analyser_lookup;
extern const Analyser analyser_registry_details;
extern const Analyser analyser_registry_hive;
extern const Analyser analyser_registry_path;
