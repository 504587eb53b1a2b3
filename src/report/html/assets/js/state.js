// ---- state.js: what is shown, kept in the address so that a view can be shared ----

const FACETS = ['level', 'tactic', 'rule', 'host', 'channel', 'recovered'];
const state = { q: '', from: NaN, to: NaN, technique: new Set(), entity: new Set(), f: '', grouped: true,
	sort: 'level', descending: true };
for (const facet of FACETS)
	state[facet] = new Set();

const SETS = [...FACETS, 'technique', 'entity'];

// Rules are named by their hash (short), entities as kind:value, all else by its text.
const valueNames = {
	level: (value) => LEVELS[value],
	tactic: (value) => value < 0 ? 'none' : D.tactics[value][2],
	rule: (value) => D.rules[value].sha256.slice(0, 12),
	host: (value) => D.hosts[value][0],
	channel: (value) => D.channels[value],
	recovered: (value) => value ? 'yes' : 'no',
	technique: (value) => value,
	entity: (value) => `${D.entityKind[value]}:${D.entities[value]}`,
};

function valueList(name) {
	const numbers = (list) => list.map((_, i) => i);
	return {
		level: () => numbers(LEVELS), tactic: () => [-1, ...numbers(D.tactics)], rule: () => numbers(D.rules),
		host: () => numbers(D.hosts), channel: () => numbers(D.channels), recovered: () => [0, 1],
		technique: () => D.techniques.map((technique) => technique[0]), entity: () => numbers(D.entities),
	}[name]();
}

const stepBoxes = () => [...document.querySelectorAll('#steps input')];

function stateToHash() {
	const params = new URLSearchParams();
	if (state.q)
		params.set('q', state.q);
	for (const name of SETS) {
		for (const value of state[name])
			params.append(name, valueNames[name](value));
	}
	if (!Number.isNaN(state.from))
		params.set('from', new Date(state.from).toISOString());
	if (!Number.isNaN(state.to))
		params.set('to', new Date(state.to).toISOString());
	if (!state.grouped)
		params.set('view', 'flat');
	if (state.sort !== 'level' || !state.descending)
		params.set('sort', (state.descending ? '-' : '') + state.sort);
	if (state.f)
		params.set('f', state.f);
	const done = stepBoxes().flatMap((box, n) => box.checked ? [n + 1] : []);
	if (done.length)
		params.set('done', done.join('.'));
	return params.toString();
}

function hashToState() {
	const params = new URLSearchParams(location.hash.slice(1));
	state.q = params.get('q') ?? '';
	for (const name of SETS) {
		const wanted = new Set(params.getAll(name));
		state[name].clear();
		if (wanted.size) {
			for (const value of valueList(name)) {
				if (wanted.has(valueNames[name](value)))
					state[name].add(value);
			}
		}
	}
	state.from = Date.parse(params.get('from') ?? '');
	state.to = Date.parse(params.get('to') ?? '');
	state.grouped = params.get('view') !== 'flat';
	const sort = params.get('sort') ?? '-level';
	state.descending = sort.startsWith('-');
	state.sort = sort.replace('-', '');
	if (params.has('done')) { // the steps that are ticked off
		const done = params.get('done').split('.');
		stepBoxes().forEach((box, n) => { box.checked = done.includes(`${n + 1}`); });
	}
	state.f = /^[0-9a-f]{8,32}$/.test(params.get('f') ?? '') ? params.get('f') : '';
}

let hashTimer = 0;

// Typing must not fill the history, and browsers limit how often the address may change.
function saveState() {
	clearTimeout(hashTimer);
	hashTimer = setTimeout(() => {
		const hash = stateToHash();
		if (hash !== location.hash.slice(1) && (hash || !isAnchor()))
			history.replaceState(null, '', hash ? '#' + hash : location.pathname + location.search);
	}, 250);
}

// True for "#coverage" and the like: an anchor, not a view.
const isAnchor = () => /^#[a-z]+$/.test(location.hash);

function toggle(name, value) {
	if (!state[name].delete(value))
		state[name].add(value);
	update();
}

function resetState() {
	state.q = '';
	state.from = state.to = NaN;
	for (const name of SETS)
		state[name].clear();
	byId('query').value = '';
	update();
}

