/* SPDX-License-Identifier: Apache-2.0 */
/* The files under assets/, built into the program by embed.py. */
#pragma once

extern const char asset_page_html[]; /* the page, with {{places}} that html.c fills */
extern const char asset_report_css[];
extern const char asset_report_js[];
