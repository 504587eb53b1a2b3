// ---- search.js: which rows are shown, and how many each facet's value would show ----

// Texts in lower case, made at the first search.
let lower = null;

function lowerTexts() {
	lower ??= {
		rules: D.rules.map((rule) => [LEVELS[rule.level], rule.title, rule.id, rule.path, ...rule.tags].join('\n').toLowerCase()),
		hosts: D.hosts.map((host) => host[0].toLowerCase()),
		channels: D.channels.map((text) => text.toLowerCase()),
		evidence: D.evidence.map((file) => file[1].toLowerCase()),
		values: D.values.map((text) => text.toLowerCase()),
		entities: D.entities.map((text) => text.toLowerCase()),
	};
	return lower;
}

function hitsIn(texts, term) {
	const hits = new Uint8Array(texts.length);
	for (let i = 0; i < hits.length; i++)
		hits[i] = texts[i].includes(term) ? 1 : 0;
	return hits;
}

// Marks the sets that have a hit among their members; @step 2 and @first 1 for (test, value) pairs.
function hitSets({ start, items }, hits, first, step) {
	const result = new Uint8Array(start.length - 1);
	for (let set = 0; set < result.length; set++) {
		for (let i = start[set] + first; i < start[set + 1]; i += step) {
			if (hits[items[i]]) {
				result[set] = 1;
				break;
			}
		}
	}
	return result;
}

// One array of 0 and 1 for each row; null where nothing is searched for.
function search(query) {
	const terms = query.toLowerCase().match(/-?"[^"]*"|\S+/g) ?? [];
	let result = null;
	for (let term of terms) {
		const without = term.length > 1 && term.startsWith('-') ? 1 : 0;
		term = term.slice(without).replace(/^"(.*)"$/, '$1').replace(/hxxp/g, 'http').replace(/\[([.:])\]/g, '$1');
		if (!term)
			continue;
		const texts = lowerTexts();
		const rules = hitsIn(texts.rules, term), hosts = hitsIn(texts.hosts, term);
		const channels = hitsIn(texts.channels, term), evidence = [0, ...hitsIn(texts.evidence, term)];
		const matches = hitSets(D.matchSets, hitsIn(texts.values, term), 1, 2);
		const entities = hitSets(D.entitySets, hitsIn(texts.entities, term), 0, 1);
		result ??= new Uint8Array(R.n).fill(1);
		for (let row = 0; row < R.n; row++) {
			const hit = rules[R.rule[row]] | hosts[R.host[row]] | channels[R.channel[row]] |
				evidence[R.evidence[row]] | matches[R.matches[row]] | entities[R.entities[row]];
			result[row] &= hit ^ without;
		}
	}
	return result;
}

// What fails of a value; null where the facet filters nothing.
function failing(chosen, n, shift = 0) {
	if (!chosen.size)
		return null;
	const fails = new Uint8Array(n).fill(1);
	for (const value of chosen)
		fails[value + shift] = 0;
	return fails;
}

// For a filter on rules (by technique) or on sets (by entity).
function failingBy(chosen, n, has) {
	if (!chosen.size)
		return null;
	return Uint8Array.from({ length: n }, (_, i) => has(i) ? 0 : 1);
}

let shown = new Uint32Array(0); // rows that pass everything, by time
let shownAnyTime = new Uint32Array(0); // the same at any time: the timeline's
const counts = {}; // facet -> counts by value, as if it filtered nothing

function columnsOf() {
	R.tactic ??= Uint8Array.from(R.rule, (rule) => D.rules[rule].tactic + 1);
	return {
		level: [R.level, LEVELS.length, 0], tactic: [R.tactic, D.tactics.length + 1, 1],
		rule: [R.rule, D.rules.length, 0], host: [R.host, D.hosts.length, 0],
		channel: [R.channel, D.channels.length, 0], recovered: [R.recovered, 2, 0],
	};
}

function filterRows() {
	const columns = columnsOf(), rowsShown = new Uint32Array(R.n), rowsAnyTime = new Uint32Array(R.n);
	const checks = FACETS.map((name) => {
		const [column, n, shift] = columns[name];
		counts[name] = new Uint32Array(n);
		return { name, column, fails: failing(state[name], n, shift), counts: counts[name] };
	});
	const hits = search(state.q);
	const byTechnique = failingBy(state.technique, D.rules.length,
		(rule) => D.rules[rule].techniques.some((id) => state.technique.has(id)));
	const { start, items } = D.entitySets;
	const byEntity = failingBy(state.entity, start.length - 1,
		(set) => items.subarray(start[set], start[set + 1]).some((entity) => state.entity.has(entity)));
	const timed = !Number.isNaN(state.from) || !Number.isNaN(state.to);
	const from = Number.isNaN(state.from) ? -Infinity : state.from, to = Number.isNaN(state.to) ? Infinity : state.to;
	let n = 0, nAnyTime = 0;

	for (let row = 0; row < R.n; row++) {
		if ((hits && !hits[row]) || (byTechnique && byTechnique[R.rule[row]]) ||
				(byEntity && byEntity[R.entities[row]]))
			continue;
		const inTime = !timed || (R.time[row] >= from && R.time[row] <= to);
		let failed = 0, last = null;
		for (const check of checks) {
			if (check.fails && check.fails[check.column[row]]) {
				failed++;
				last = check;
			}
		}
		if (failed === 0)
			rowsAnyTime[nAnyTime++] = row;
		if (!inTime)
			continue;
		if (failed === 0) {
			rowsShown[n++] = row;
			for (const check of checks)
				check.counts[check.column[row]]++;
		} else if (failed === 1) {
			last.counts[last.column[row]]++;
		}
	}
	shown = rowsShown.subarray(0, n);
	shownAnyTime = rowsAnyTime.subarray(0, nAnyTime);
}

