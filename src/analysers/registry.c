/* SPDX-License-Identifier: Apache-2.0 */
#include "analysers/analyser.h"

#include "analysers/exchange/exchange.h"
#include "analysers/text/text.h"
#include "analysers/web/web.h"
#include "analysers/windows/windows.h"

const Analyser *const analyser_registry[] = {
	&analyser_access_token,
	&analyser_account,
	&analyser_between,
	&analyser_cmdlet_parameter,
	&analyser_decimal,
	&analyser_device_path,
	&analyser_each,
	&analyser_first,
	&analyser_hash_part,
	&analyser_host_kind,
	&analyser_integrity_level,
	&analyser_is_ipv6,
	&analyser_item,
	&analyser_join,
	&analyser_key_value,
	&analyser_lookup,
	&analyser_message,
	&analyser_one_line,
	&analyser_pair,
	&analyser_path_and_query,
	&analyser_path_part,
	&analyser_phrase,
	&analyser_registry_details,
	&analyser_registry_hive,
	&analyser_registry_path,
	&analyser_unplus,
	&analyser_url,
	&analyser_url_part,
	NULL,
};

const Analyser *analyser_find(const char *name)
{
	for (guint i = 0; analyser_registry[i]; i++)
		if (strcmp(analyser_registry[i]->name, name) == 0)
			return analyser_registry[i];
	return NULL;
}
