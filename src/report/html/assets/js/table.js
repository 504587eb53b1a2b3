// ---- table.js: the list of findings; only the lines in sight exist as elements ----

const LINE = 38;
const open = new Set(); // rules whose groups are unfolded
const groups = new Map(); // rule -> its rows shown
let lines = [];         // row >= 0, or -1 - rule for the head of a group
let cursor = -1;        // line that the keyboard is on
let scroller = null, body = null;

const SORTS = {
	level: { title: 'Level', key: (row) => R.level[row] },
	time: { title: 'Time (UTC)', key: null },
	rule: { title: 'Rule', key: (row) => -R.rule[row] },
	host: { title: 'Host', key: (row) => -R.host[row] },
};

// Stable, by numbers: rows of a key stay in order of time.
function sortRows(rows) {
	const { key } = SORTS[state.sort];
	if (!key)
		return state.descending ? Array.from(rows).reverse() : Array.from(rows);
	const buckets = new Map();
	for (const row of rows) {
		const value = key(row);
		if (!buckets.has(value))
			buckets.set(value, []);
		buckets.get(value).push(row);
	}
	const keys = [...buckets.keys()].sort((a, b) => state.descending ? b - a : a - b);
	return [].concat(...keys.map((value) => buckets.get(value)));
}

function makeLines() {
	if (!state.grouped) {
		lines = sortRows(shown);
		return;
	}
	groups.clear();
	for (const row of shown) {
		let group = groups.get(R.rule[row]);
		if (!group)
			groups.set(R.rule[row], group = { rows: [], hosts: new Set(), first: R.time[row], last: NaN, level: 0 });
		group.rows.push(row);
		group.hosts.add(R.host[row]);
		group.last = R.time[row];
		group.level = Math.max(group.level, R.level[row]);
	}
	if (groups.size === 1)
		open.add(R.rule[shown[0]]);
	lines = [];
	for (const rule of [...groups.keys()].sort((a, b) => a - b)) {
		lines.push(-1 - rule);
		if (open.has(rule))
			for (const row of groups.get(rule).rows)
				lines.push(row);
	}
}

// test -> how many different values it matched: what differs says more.
let variety = null;

function countVariety() {
	const { items } = D.matchSets, seen = new Set();
	variety = new Uint32Array(D.tests.length);
	for (let i = 0; i < items.length; i += 2) {
		const pair = items[i] * 4194304 + items[i + 1];
		if (!seen.has(pair))
			variety[items[i]]++;
		seen.add(pair);
	}
}

// One line about a finding: the most telling of the values that matched.
function gistOf(row) {
	const { start, items } = D.matchSets, set = R.matches[row];
	let gist = '', best = -1;
	if (!variety)
		countVariety();
	for (let i = start[set]; i < start[set + 1]; i += 2) {
		const value = D.values[items[i + 1]], worth = variety[items[i]];
		if (worth > best || (worth === best && value.length > gist.length))
			[gist, best] = [value, worth];
	}
	return gist;
}

function tacticDot(tactic) {
	const dot = make('span', 'dot');
	dot.style.background = tacticColour(tactic);
	dot.title = valueLabels.tactic(tactic);
	return dot;
}

const rangeText = (first, last) => first.slice(0, 4) === last.slice(0, 4) ?
	`${first.slice(0, 16)} – ${last.slice(5, 16)}` : `${first.slice(0, 10)} – ${last.slice(0, 10)}`;

function groupLine(rule) {
	const n = groups.get(rule).rows.length;
	const line = make('div', 'line group' + (open.has(rule) ? ' open' : ''));
	line.setAttribute('aria-expanded', open.has(rule));
	const title = make('span', 'cell-rule', tacticDot(D.rules[rule].tactic), make('b', '', textNodes(D.rules[rule].title)));
	const { first, last, hosts, level } = groups.get(rule);
	line.append(make('span', 'fold', open.has(rule) ? '▾' : '▸'), levelChip(level), title,
		make('span', 'cell-count', count(n)), make('span', 'cell-hosts', count(hosts.size)),
		make('span', 'cell-time', rangeText(timeText(first), timeText(last))));
	return line;
}

function findingLine(row) {
	const line = make('div', 'line finding' + (state.grouped ? ' in-group' : ''));
	const rule = D.rules[R.rule[row]];
	const what = make('span', 'cell-rule');
	if (!state.grouped) {
		line.append(levelChip(R.level[row]));
		what.append(tacticDot(rule.tactic), make('span', 'what', textNodes(rule.title)), ' ');
	}
	what.append(make('code', 'gist', textNodes(gistOf(row).slice(0, 300))));
	line.append(make('span', 'cell-time', timeText(R.time[row])), what,
		make('span', 'cell-host', R.recovered[row] ? make('span', 'recovered', 'recovered') : null,
			textNodes(D.hosts[R.host[row]][0])));
	return line;
}

function drawLines() {
	const first = Math.max(0, Math.floor(scroller.scrollTop / LINE) - 4);
	const last = Math.min(lines.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / LINE) + 4);
	const elements = [];
	for (let i = first; i < last; i++) {
		const element = lines[i] < 0 ? groupLine(-1 - lines[i]) : findingLine(lines[i]);
		element.style.top = i * LINE + 'px';
		element.dataset.line = i;
		element.id = 'line-' + i;
		element.setAttribute('role', 'row');
		element.setAttribute('aria-rowindex', i + 1);
		if (i === cursor)
			element.classList.add('cursor');
		elements.push(element);
	}
	body.replaceChildren(...elements);
	if (cursor >= first && cursor < last)
		byId('table').setAttribute('aria-activedescendant', 'line-' + cursor);
}

function drawHead() {
	const head = make('div', 'line head' + (state.grouped ? ' grouped' : ''));
	if (state.grouped) {
		head.append(...['', 'Level', 'Rule', 'Findings', 'Hosts', 'From – to (UTC)'].map((title, i) =>
			make('span', i === 3 ? 'cell-count' : i === 4 ? 'cell-hosts' : '', title)));
		return head;
	}
	for (const [name, { title }] of Object.entries(SORTS)) {
		const sorted = state.sort === name && !state.grouped;
		const label = title + (sorted ? (state.descending ? ' ↓' : ' ↑') : '');
		const cell = button('sort cell-' + name, label, () => {
			state.descending = state.sort === name ? !state.descending : name === 'level';
			state.sort = name;
			state.grouped = false;
			update();
		});
		head.append(cell);
	}
	return head;
}

function drawTable() {
	const table = byId('table');
	byId('grouped').checked = state.grouped;
	makeLines();
	cursor = Math.min(cursor, lines.length - 1);
	if (!scroller) {
		body = make('div', 'table-body');
		scroller = make('div', 'scroller', body);
		scroller.addEventListener('scroll', () => requestAnimationFrame(drawLines));
	}
	body.style.height = lines.length * LINE + 'px';
	scroller.style.height = Math.min(Math.max(lines.length, 3) * LINE, Math.max(360, window.innerHeight - 230)) + 'px';
	table.setAttribute('aria-rowcount', lines.length);
	table.replaceChildren(drawHead(), scroller);
	drawLines();
	if (!lines.length)
		body.replaceChildren(make('p', 'empty', R.n ? 'Nothing passes these filters.' : 'No finding.'));
}

function activate(i) {
	cursor = i;
	if (lines[i] >= 0) {
		openFinding(lines[i]);
	} else {
		const rule = -1 - lines[i];
		if (!open.delete(rule))
			open.add(rule);
		drawTable();
	}
	drawLines();
}

function moveCursor(to) {
	cursor = Math.max(0, Math.min(lines.length - 1, to));
	if (cursor * LINE < scroller.scrollTop)
		scroller.scrollTop = cursor * LINE;
	if ((cursor + 1) * LINE > scroller.scrollTop + scroller.clientHeight)
		scroller.scrollTop = (cursor + 1) * LINE - scroller.clientHeight;
	drawLines();
}

function startTable() {
	const table = byId('table');
	const page = () => Math.floor(scroller.clientHeight / LINE);
	const moves = { ArrowDown: () => cursor + 1, ArrowUp: () => cursor - 1, PageDown: () => cursor + page(),
		PageUp: () => cursor - page(), Home: () => 0, End: () => lines.length - 1 };
	table.addEventListener('click', (event) => {
		const line = event.target.closest('[data-line]');
		if (line)
			activate(+line.dataset.line);
	});
	table.addEventListener('keydown', (event) => {
		if (event.target !== table && event.target.closest('button'))
			return;
		if (moves[event.key]) {
			moveCursor(moves[event.key]());
			event.preventDefault();
		} else if ((event.key === 'Enter' || event.key === ' ') && cursor >= 0) {
			activate(cursor);
			event.preventDefault();
		}
	});
	byId('grouped').addEventListener('change', (event) => {
		state.grouped = event.target.checked;
		update();
	});
}

