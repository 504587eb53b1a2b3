/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sections of the page that are written as HTML: all that must be readable without JavaScript
 * and on paper. Each appends the inside of its <section> of assets/page.html.
 */
#pragma once

#include <glib.h>

#include "report/html/guidance.h"
#include "report/html/model.h"
#include "report/html/verdict.h"

void section_append_verdict(GString *out, const ReportModel *model, const Verdict *verdict);
void section_append_steps(GString *out, const Guidance *guidance);
/* The whole <section>, or nothing where there is no such server. */
void section_append_exchange(GString *out, const ReportModel *model, const Guidance *guidance);
void section_append_rules(GString *out, const ReportModel *model);
void section_append_groups(GString *out, const ReportModel *model);
void section_append_intel(GString *out, const ReportModel *model);
void section_append_coverage(GString *out, const ReportModel *model);
void section_append_reproduction(GString *out, const ReportModel *model);
void section_append_run(GString *out, const ReportModel *model);

VerdictFacts section_facts(const ReportModel *model); /* what the verdict is made from */

/* How far somebody got on which server, as text: free it. */
GString *section_stage_words(const ReportModel *model);

/* "<span class="level level-high">high</span>" */
void section_append_level(GString *out, RuleLevel level);
