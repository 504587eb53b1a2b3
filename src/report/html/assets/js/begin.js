// SPDX-License-Identifier: Apache-2.0
// No framework, no network, no markup from data: every text of the case reaches the page through textContent.
'use strict';
(() => {

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];

