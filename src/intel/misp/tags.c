/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/misp/tags.h"

#include <string.h>

/* numerical_value in MISP/misp-taxonomies: admiralty-scale, estimative-language, misp. */
static const struct {
	const char *tag;
	guint confidence;
} confidences[] = {
	{ "admiralty-scale:source-reliability=\"a\"", 100 },
	{ "admiralty-scale:source-reliability=\"b\"", 75 },
	{ "admiralty-scale:source-reliability=\"c\"", 50 },
	{ "admiralty-scale:source-reliability=\"d\"", 25 },
	{ "admiralty-scale:source-reliability=\"e\"", 0 },
	{ "admiralty-scale:source-reliability=\"f\"", 50 },
	{ "admiralty-scale:source-reliability=\"g\"", 0 },
	{ "admiralty-scale:information-credibility=\"1\"", 100 },
	{ "admiralty-scale:information-credibility=\"2\"", 75 },
	{ "admiralty-scale:information-credibility=\"3\"", 50 },
	{ "admiralty-scale:information-credibility=\"4\"", 25 },
	{ "admiralty-scale:information-credibility=\"5\"", 0 },
	{ "admiralty-scale:information-credibility=\"6\"", 50 },
	{ "estimative-language:likelihood-probability=\"almost-no-chance\"", 0 },
	{ "estimative-language:likelihood-probability=\"very-unlikely\"", 5 },
	{ "estimative-language:likelihood-probability=\"unlikely\"", 20 },
	{ "estimative-language:likelihood-probability=\"roughly-even-chance\"", 45 },
	{ "estimative-language:likelihood-probability=\"likely\"", 55 },
	{ "estimative-language:likelihood-probability=\"very-likely\"", 80 },
	{ "estimative-language:likelihood-probability=\"almost-certain\"", 95 },
	{ "estimative-language:confidence-in-analytic-judgment=\"low\"", 0 },
	{ "estimative-language:confidence-in-analytic-judgment=\"moderate\"", 55 },
	{ "estimative-language:confidence-in-analytic-judgment=\"high\"", 95 },
	{ "misp:confidence-level=\"completely-confident\"", 100 },
	{ "misp:confidence-level=\"usually-confident\"", 75 },
	{ "misp:confidence-level=\"fairly-confident\"", 50 },
	{ "misp:confidence-level=\"rarely-confident\"", 25 },
	{ "misp:confidence-level=\"unconfident\"", 0 },
	{ "misp:confidence-level=\"confidence-cannot-be-evaluated\"", 50 },
};

/* Galaxies whose entries are malware, tools or actors (MISP/misp-galaxy). */
static const char *const named[] = { "360net-threat-actor", "android", "backdoor", "banker",
	"botnet", "exploit-kit", "malpedia", "microsoft-activity-group", "mitre-campaign",
	"mitre-enterprise-attack-intrusion-set", "mitre-enterprise-attack-malware",
	"mitre-enterprise-attack-tool", "mitre-intrusion-set", "mitre-malware", "mitre-tool",
	"ransomware", "rat", "stealer", "threat-actor", "tool" };

/* misp-galaxy:TYPE="VALUE"; ids of ATT&CK stand behind the value's last " - ". */
static void take_galaxy(Claim *claim, GString *names, const char *tag)
{
	const char *quote = strstr(tag, "=\"");
	g_autofree char *type = NULL, *value = NULL;
	char *id;

	if (!quote)
		return;
	type = g_strndup(tag, (gsize)(quote - tag));
	value = g_strdup(quote + 2);
	if (g_str_has_suffix(value, "\""))
		value[strlen(value) - 1] = '\0';
	id = g_strrstr(value, " - ");
	if (id && claim_add_attack(claim, id + 3))
		*id = '\0';
	for (guint i = 0; i < G_N_ELEMENTS(named); i++)
		if (g_str_equal(type, named[i]) && !strstr(names->str, value))
			claim_append(names, ", ", value);
}

void misp_take_tag(Claim *claim, GString *names, const char *tag)
{
	if (g_ascii_strncasecmp(tag, "tlp:", 4) == 0) {
		claim_add_tlp(claim, tag + 4);
		return;
	}
	if (g_str_has_prefix(tag, "misp-galaxy:")) {
		take_galaxy(claim, names, tag + strlen("misp-galaxy:"));
		return;
	}
	for (guint i = 0; i < G_N_ELEMENTS(confidences); i++)
		if (g_ascii_strcasecmp(tag, confidences[i].tag) == 0)
			claim->is.confidence = MIN(claim->is.confidence, confidences[i].confidence);
}
