// ---- drawer.js: one finding in full ----

let opened = -1;       // its row
let focusBefore = null;

// Where in @value the pattern of @test stands, without modifiers in front, * and ? as edges.
function findPattern(value, test) {
	const low = value.toLowerCase();
	for (const pattern of [test, test.replace(/^\S+ /, ''), test.replace(/^(\S+ )+/, '')]) {
		const needle = pattern.toLowerCase().replace(/^[*?]+|[*?]+$/g, '');
		const at = needle ? low.indexOf(needle) : -1;
		if (at >= 0 && low.length === value.length)
			return [at, at + needle.length];
	}
	return null;
}

function markedValue(value, tests) {
	const ranges = tests.map((test) => findPattern(value, test)).filter(Boolean).sort((a, b) => a[0] - b[0]);
	if (!ranges.length)
		return make('mark', '', textNodes(value, true));
	const nodes = document.createDocumentFragment();
	let end = 0;
	for (const [from, to] of ranges) {
		if (to <= end)
			continue;
		nodes.append(textNodes(value.slice(end, Math.max(from, end)), true));
		nodes.append(make('mark', '', textNodes(value.slice(Math.max(from, end), to), true)));
		end = to;
	}
	nodes.append(textNodes(value.slice(end), true));
	return nodes;
}

function block(title, ...children) {
	return make('section', '', make('h3', '', title), ...children);
}

// A field once, with all that it was compared with.
function whyBlock(row) {
	const matches = matchesOf(row), list = make('dl', 'why'), fields = new Map();
	for (const match of matches) {
		const key = match.field + '\x1f' + match.value;
		fields.set(key, [...(fields.get(key) ?? []), match]);
	}
	for (const same of fields.values()) {
		const { field, source, value } = same[0];
		const name = make('dt', '', textNodes(field || 'keyword'));
		if (source && source !== field)
			name.append(make('span', 'note', ' logged as ', textNodes(source)));
		list.append(make('div', '', name, ...same.map(({ test, selection }) => make('dd', 'test',
			make('code', '', textNodes(test)), make('span', 'note', ' in ', textNodes(selection)))),
		make('dd', 'value-text', markedValue(value, same.map((match) => match.test)))));
	}
	return block('Why it fired', matches.length ? list : make('p', 'note', 'The case names no matched fields.'));
}

// The rule's text with the lines that name a matched field marked.
function ruleText(rule, matches) {
	const pre = make('pre', 'source');
	const fields = new Set(matches.map((match) => match.field).filter(Boolean));
	for (const line of rule.source.replace(/\n$/, '').split('\n')) {
		const field = /^\s*(?:-\s*)?['"]?([^'"|:\s]+)['"]?\s*[|:]/.exec(line)?.[1];
		const nodes = textNodes(line.replace(/\r$/, ''), true);
		pre.append(fields.has(field) ? make('mark', '', nodes) : nodes, '\n');
	}
	return pre;
}

function ruleBlock(row) {
	const rule = D.rules[R.rule[row]], list = make('dl', 'pairs');
	const pair = (label, ...values) => {
		if (values.length)
			list.append(make('div', '', make('dt', '', label), ...values.map((value) => make('dd', '', textNodes(value)))));
	};
	pair('Author', ...[rule.author].filter(Boolean));
	pair('Rule', rule.engine + ' ' + rule.id, `${rule.path}:${rule.line}`, 'SHA-256 ' + rule.sha256);
	pair('Log source', rule.logsource);
	pair('ATT&CK', ...rule.techniques.map(valueLabels.technique));
	pair('References', ...rule.references);
	return block('The rule', rule.description ? make('p', '', textNodes(rule.description)) : null,
		rule.falsepositives.length ? make('div', 'false-alarms', make('b', '', 'Known false alarms'),
			make('ul', '', ...rule.falsepositives.map((text) => make('li', '', textNodes(text))))) : null,
		list, rule.source ? make('details', '', make('summary', '', 'Text of the rule'), ruleText(rule, matchesOf(row))) : null);
}

const valueText = (value) => typeof value === 'string' ? value : JSON.stringify(value);

function recordTable(record, matches) {
	const table = make('table', 'record'), tests = new Map();
	for (const match of matches) {
		for (const name of [match.field, match.source])
			if (name)
				tests.set(name, [...(tests.get(name) ?? []), match.test]);
	}
	for (const [name, value] of Object.entries(record)) {
		const cell = make('td', '');
		cell.append(tests.has(name) ? markedValue(valueText(value), tests.get(name)) : textNodes(valueText(value), true));
		table.append(make('tr', tests.has(name) ? 'matched' : '', make('th', '', textNodes(name)), cell));
	}
	return table;
}

async function fillRecord(row, place) {
	const record = await recordOf(row).catch(() => null);
	if (opened !== row)
		return;
	place.append(record ? recordTable(record, matchesOf(row)) :
		make('p', 'note', 'The record is left out of this page to keep it small: of each rule, the first findings have it. ' +
			'The command below prints it.'));
}

function placeBlock(row) {
	const [sha, path, size] = evidenceOf(row), id = idOf(row);
	const code = make('code', '', `spoor explain ${id} ${/^[\w.-]+$/.test(D.title) ? D.title : 'CASE'}.case`);
	const list = make('dl', 'pairs');
	const pair = (label, ...children) => list.append(make('div', '', make('dt', '', label), make('dd', '', ...children)));
	pair('Evidence', textNodes(path), ` (${bytesText(size)})`);
	pair('SHA-256', make('code', 'hash', textNodes(sha)));
	pair('Locator', make('code', '', textNodes(locatorOf(row))));
	pair('Record', String(R.record[row]), ` at byte ${R.offset[row]}`, R.recovered[row] ? ', recovered from freed space' : '');
	pair('Finding', make('code', 'hash', id));
	return block('Where it is', list, make('p', 'command', code, copyButton(code)));
}

function entityBlock(row) {
	const list = make('p', 'entity-chips');
	for (const entity of entitiesOf(row))
		list.append(button('chip', '', () => toggle('entity', entity)), ' ');
	entitiesOf(row).forEach((entity, i) => list.children[i].append(make('b', '', D.entityKind[entity]), ' ',
		textNodes(entityText(entity))));
	return list.children.length ? block('Keep only findings that name', list) : null;
}

function openFinding(row) {
	const drawer = byId('drawer'), rule = D.rules[R.rule[row]];
	if (opened < 0)
		focusBefore = document.activeElement;
	opened = row;
	state.f = idOf(row);
	const record = block('The record');
	const title = make('h2', '', textNodes(rule.title));
	title.tabIndex = -1;
	const steps = (by) => () => {
		const at = lines.indexOf(opened) + by;
		if (lines[at] >= 0)
			openFinding(lines[at]), moveCursor(at);
	};
	drawer.replaceChildren(
		make('div', 'drawer-bar', button('quiet', '↑ Previous', steps(-1)), button('quiet', '↓ Next', steps(1)),
			button('quiet close', 'Close ×', closeDrawer)),
		make('p', 'eyebrow', levelChip(R.level[row]), ' ', valueLabels.tactic(rule.tactic)), title,
		make('p', 'drawer-when', make('b', '', timeText(R.time[row], true)), ' UTC on ', make('b', '', textNodes(D.hosts[R.host[row]][0])),
			' · ', textNodes(D.channels[R.channel[row]])),
		whyBlock(row), record, placeBlock(row), ruleBlock(row), entityBlock(row) ?? '');
	drawer.hidden = false;
	document.body.classList.add('has-drawer');
	drawer.scrollTop = 0;
	title.focus({ preventScroll: true });
	fillRecord(row, record).then(() => { document.body.dataset.drawer = idOf(row); });
	saveState();
}

function closeDrawer() {
	if (opened < 0)
		return;
	opened = -1;
	state.f = '';
	byId('drawer').hidden = true;
	document.body.classList.remove('has-drawer');
	delete document.body.dataset.drawer;
	focusBefore?.focus?.({ preventScroll: true });
	saveState();
}

