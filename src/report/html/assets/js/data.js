// ---- data.js: what data.c wrote, unpacked into typed arrays ----

let D = null; // the document, its texts as they came
let R = null; // its rows as typed arrays

async function unpack(base64) {
	const binary = atob(base64), bytes = new Uint8Array(binary.length);
	for (let i = 0; i < bytes.length; i++)
		bytes[i] = binary.charCodeAt(i);
	const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
	return JSON.parse(await new Response(stream).text());
}

// "3,14" texts into one array of members and one of where each set begins.
function flatten(sets) {
	const start = new Uint32Array(sets.length + 1), items = [];
	sets.forEach((set, i) => {
		if (set)
			for (const item of set.split(','))
				items.push(+item);
		start[i + 1] = items.length;
	});
	return { start, items: Uint32Array.from(items) };
}

function running(differences, into) {
	let sum = 0;
	differences.forEach((difference, i) => { into[i] = sum += difference; });
	return into;
}

function marks(n, differences) {
	const marked = new Uint8Array(n);
	for (const row of running(differences, new Uint32Array(differences.length)))
		marked[row] = 1;
	return marked;
}

function readRows(rows) {
	const n = rows.n;
	const time = running(rows.time, new Float64Array(n));
	marks(n, rows.timeless).forEach((timeless, row) => { if (timeless) time[row] = NaN; });
	const result = {
		n, time,
		record: running(rows.record, new Float64Array(n)),
		offset: running(rows.offset, new Float64Array(n)),
		recovered: marks(n, rows.recovered),
		event: new Int32Array(n).fill(-1),
		locatorNumbers: Float64Array.from(rows.locatorNumbers),
	};
	for (const name of ['rule', 'level', 'host', 'channel', 'evidence', 'locator', 'matches', 'entities'])
		result[name] = Uint32Array.from(rows[name]);
	running(rows.events, new Uint32Array(rows.events.length)).forEach((row, i) => { result.event[row] = i; });
	return result;
}

// Where each row's numbers of its locator begin.
function locatorStarts() {
	const holes = D.locators.map((text) => text.startsWith('\x04') ? 0 : text.split('\x01').length - 1);
	const start = new Uint32Array(R.n);
	for (let row = 0, sum = 0; row < R.n; row++) {
		start[row] = sum;
		sum += holes[R.locator[row]];
	}
	return start;
}

async function loadData() {
	const element = byId('data');
	const text = element.textContent;
	element.textContent = ''; // it is not needed twice in memory
	D = await unpack(text);
	R = readRows(D.rows);
	delete D.rows;
	D.tests = D.tests.map((test) => test.split('\x1f'));
	D.entityKind = D.entities.map((entity) => entity.slice(0, entity.indexOf('\x1f')));
	D.entities = D.entities.map((entity) => entity.slice(entity.indexOf('\x1f') + 1));
	D.matchSets = flatten(D.matchSets);
	D.entitySets = flatten(D.entitySets);
	R.locatorStart = locatorStarts();
	D.techniqueById = new Map(D.techniques.map((technique) => [technique[0], technique]));
	for (const rule of D.rules)
		rule.techniques = rule.tags.map((tag) => tag.slice(7).toUpperCase()).filter((id) => D.techniqueById.has(id));
}

function locatorOf(row) {
	const template = D.locators[R.locator[row]];
	let next = R.locatorStart[row];
	if (template.startsWith('\x04'))
		return template.slice(1);
	return template.replace(/[\x01-\x03\x05]/g, (c) => c === '\x01' ? R.locatorNumbers[next++] :
		c === '\x02' ? R.record[row] : c === '\x03' ? R.offset[row] : '0x' + R.offset[row].toString(16));
}

const evidenceOf = (row) => R.evidence[row] ? D.evidence[R.evidence[row] - 1] : ['', '', 0];

// Same as case_finding_id() in case/case.h.
function idOf(row) {
	const parts = ['spoor-finding-1', D.rules[R.rule[row]].sha256, evidenceOf(row)[0], locatorOf(row), ''];
	return D.ids[row] ?? sha256(parts.join('\n')).slice(0, 32);
}

function rowOfId(id) {
	for (let row = 0; row < R.n; row++) {
		if (idOf(row).startsWith(id))
			return row;
	}
	return -1;
}

function matchesOf(row) {
	const { start, items } = D.matchSets, set = R.matches[row], matches = [];
	for (let i = start[set]; i < start[set + 1]; i += 2) {
		const [field, source, test, selection] = D.tests[items[i]];
		matches.push({ field, source, test, selection, value: D.values[items[i + 1]] });
	}
	return matches;
}

function entitiesOf(row) {
	const { start, items } = D.entitySets, set = R.entities[row];
	return Array.from(items.subarray(start[set], start[set + 1]));
}

let blocks = null;
let lastBlock = { number: -1, records: [] };

// The record of a finding as an object of texts, or null where it is not in this file.
async function recordOf(row) {
	if (R.event[row] < 0)
		return null;
	const number = Math.floor(R.event[row] / D.blockRecords);
	blocks ??= JSON.parse(byId('records').textContent);
	if (lastBlock.number !== number)
		lastBlock = { number, records: await unpack(blocks[number]) };
	try {
		const record = JSON.parse(lastBlock.records[R.event[row] % D.blockRecords]);
		return typeof record === 'object' ? record : null;
	} catch {
		return null;
	}
}

