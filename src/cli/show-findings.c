/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoor show findings: in order of time, then id.
 */
#include "cli/session.h"
#include "cli/show.h"
#include "report/finding-json.h"
#include "report/visible.h"

static const char findings_sql[] =
	"SELECT " FINDING_COLUMNS " FROM v_finding "
	"WHERE level_rank >= CAST(?1 AS INTEGER) "
	"AND (?2 = '' OR rule_id = ?2 COLLATE NOCASE OR rule_sha256 = ?2 OR title = ?2) "
	"AND (?3 = '' OR host = ?3 COLLATE NOCASE) "
	"AND (?4 = '0' OR recovered = 1) ORDER BY time, id";

typedef struct Printing {
	const Terminal *terminal; /* NULL: JSON */
	guint64 n;
	Case *c;
	GError *error;
} Printing;

static void append_finding_text(const Terminal *terminal, GString *ret, const char *const *columns)
{
	RuleLevel level = LEVEL_INFORMATIONAL;
	g_autofree char *name = terminal_pad(columns[FINDING_LEVEL], 14);
	g_autofree char *id = g_strndup(columns[FINDING_ID], 12);
	guint width = terminal->width;

	(void)rule_level_parse(columns[FINDING_LEVEL], &level); /* rule_level_name() wrote it */
	append_time(ret, columns[FINDING_TIME]);
	g_string_append(ret, "  ");
	terminal_append_styled(terminal, ret, terminal_level_style(level), name);
	terminal_append_clipped(ret, columns[FINDING_TITLE], width - 35);
	g_string_append(ret, "\n    ");
	terminal_append_clipped(ret, columns[FINDING_HOST], width / 2);
	g_string_append(ret, "  ");
	visible_append_text(ret, columns[FINDING_LOCATOR]);
	g_string_append(ret, "  id ");
	visible_append_text(ret, id);
	g_string_append(ret, "\n    ");
	terminal_append_path(ret, columns[FINDING_PATH], width - 4);
	g_string_append_c(ret, '\n');
}

static gboolean print_finding(void *context, guint n_columns, const char *const *columns)
{
	Printing *p = context;
	g_autoptr(GString) text = g_string_new(NULL);

	if (p->terminal) {
		append_finding_text(p->terminal, text, columns);
	} else {
		if (!finding_append_json(text, p->c, columns, &p->error))
			return FALSE;
		g_string_append_c(text, '\n');
	}
	p->n++;
	session_print(text);
	return !ferror(stdout);
}

gboolean show_findings(
	const Arguments *arguments, Case *c, const Terminal *terminal, GError **error)
{
	const char *level_text = arguments_value(arguments, "level");
	const char *rule = arguments_value(arguments, "rule");
	const char *host = arguments_value(arguments, "host");
	RuleLevel level = LEVEL_INFORMATIONAL;
	g_autofree char *rank = NULL;
	const char *bind[] = { NULL, rule ? rule : "", host ? host : "",
		arguments_has(arguments, "recovered") ? "1" : "0", NULL };
	Printing printing = { terminal, 0, c, NULL };

	if (level_text)
		(void)rule_level_parse(level_text, &level); /* the option's choices are its words */
	rank = g_strdup_printf("%d", (int)level);
	bind[0] = rank;
	if (!case_query(c, findings_sql, bind, print_finding, &printing, error))
		return FALSE;
	if (printing.error) {
		g_propagate_error(error, printing.error);
		return FALSE;
	}
	show_nothing(terminal, printing.n, "findings");
	return TRUE;
}
