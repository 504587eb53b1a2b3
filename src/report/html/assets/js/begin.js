// SPDX-License-Identifier: Apache-2.0
// The report's script. No framework, no network, no markup from data: every text of the case reaches the
// page through textContent (text.js), so that evidence can be nothing but text.
'use strict';
(() => {

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];

