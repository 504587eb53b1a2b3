// ---- facets.js: the lists of values to filter by, and the chips that say what is filtered ----

const FACET_TITLES = { level: 'Level', tactic: 'Tactic', rule: 'Rule', host: 'Host', channel: 'Log',
	recovered: 'Recovered', technique: 'Technique', entity: 'Entity' };
const FACET_SHORT = 8;
const unfolded = new Set();

const valueLabels = {
	level: (value) => LEVELS[value],
	tactic: (value) => value < 0 ? 'No tactic' : D.tactics[value][1],
	rule: (value) => D.rules[value].title,
	host: (value) => D.hosts[value][0] || 'no host named',
	channel: (value) => D.channels[value] || 'no log named',
	recovered: (value) => value ? 'From freed space' : 'In use',
	technique: (value) => `${value} ${D.techniqueById.get(value)[1]}`,
	entity: (value) => entityText(value),
};

// Addresses and domains are indicators: never something to click by mistake.
function entityText(entity) {
	const defanged = D.entityKind[entity] === 'address' || D.entityKind[entity] === 'domain';
	return defanged ? defang(D.entities[entity]) : D.entities[entity];
}

// Values with findings (or chosen) in an order that does not jump.
function facetValues(name) {
	const shift = name === 'tactic' ? 1 : 0;
	let values = Array.from(counts[name], (n, i) => [i - shift, n])
		.filter(([value, n]) => n || state[name].has(value));
	if (name === 'level')
		values.reverse();
	if (name === 'host' || name === 'channel')
		values.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
	return values;
}

function facetRow(name, value, n) {
	const row = button('value', '', () => toggle(name, value));
	row.setAttribute('aria-pressed', state[name].has(value));
	const label = make('span', 'value-name');
	if (name === 'level')
		label.append(levelChip(value));
	else
		label.append(textNodes(valueLabels[name](value)));
	if (name === 'tactic') {
		const dot = make('span', 'dot');
		dot.style.background = tacticColour(value);
		label.prepend(dot);
	}
	row.append(label, make('span', 'value-count', count(n)));
	row.title = plainText(valueLabels[name](value));
	return row;
}

function drawFacet(name) {
	const values = facetValues(name);
	if (values.length < 2 && !state[name].size)
		return null;
	const open = unfolded.has(name), limit = open ? 200 : FACET_SHORT;
	const list = make('div', 'facet', make('h3', '', FACET_TITLES[name]));
	for (const [value, n] of values.slice(0, limit))
		list.append(facetRow(name, value, n));
	if (values.length > FACET_SHORT) {
		const label = open ? 'Fewer' : `${count(values.length - FACET_SHORT)} more`;
		list.append(button('quiet', label, () => {
			if (!unfolded.delete(name))
				unfolded.add(name);
			drawFacets();
		}));
	}
	return list;
}

function drawFacets() {
	const box = byId('facets');
	const focus = document.activeElement?.closest?.('#facets') ? document.activeElement.title : null;
	box.replaceChildren(...FACETS.map(drawFacet).filter(Boolean));
	if (focus)
		[...box.querySelectorAll('button')].find((element) => element.title === focus)?.focus();
}

function chip(name, label, remove) {
	const element = button('chip', '', remove);
	element.append(make('b', '', name), ' ', textNodes(label), make('span', 'cross', ' ×'));
	element.setAttribute('aria-label', `Remove filter ${name} ${plainText(label)}`);
	return element;
}

function drawChips() {
	const chips = [];
	for (const name of SETS) {
		for (const value of state[name])
			chips.push(chip(FACET_TITLES[name], valueLabels[name](value), () => toggle(name, value)));
	}
	if (!Number.isNaN(state.from) || !Number.isNaN(state.to)) {
		const from = Number.isNaN(state.from) ? '…' : timeText(state.from);
		const to = Number.isNaN(state.to) ? '…' : timeText(state.to);
		chips.push(chip('Time', `${from} to ${to}`, () => setTime(NaN, NaN)));
	}
	byId('chips').replaceChildren(...chips);
	byId('reset').hidden = !chips.length && !state.q;
	const all = shown.length === R.n;
	byId('shown').replaceChildren(make('b', '', count(shown.length)),
		all ? (R.n === 1 ? ' finding' : ' findings') : ` of ${plural(R.n, 'finding', 'findings')}`);
}

