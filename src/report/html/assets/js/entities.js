// ---- entities.js: what the findings shown name ----

const KINDS = [['account', 'Accounts'], ['process', 'Programs'], ['address', 'Addresses'], ['domain', 'Domains'],
	['file', 'Files'], ['hash', 'Hashes'], ['host', 'Other hosts named']];
const ENTITIES_SHORT = 8, ENTITIES_LONG = 100;
const unfoldedKinds = new Set();

function countEntities() {
	const bySet = new Uint32Array(D.entitySets.start.length - 1), result = new Uint32Array(D.entities.length);
	for (const row of shown)
		bySet[R.entities[row]]++;
	bySet.forEach((n, set) => {
		if (n)
			for (let i = D.entitySets.start[set]; i < D.entitySets.start[set + 1]; i++)
				result[D.entitySets.items[i]] += n;
	});
	return result;
}

function entityRow(entity, n, most) {
	const row = button('value', '', () => toggle('entity', entity));
	const bar = make('span', 'value-bar');
	bar.style.width = Math.max(2, n / most * 100) + '%';
	row.append(make('span', 'value-name', textNodes(entityText(entity))), make('span', 'value-count', count(n)), bar);
	row.setAttribute('aria-pressed', state.entity.has(entity));
	row.title = plainText(entityText(entity));
	return row;
}

function drawEntities() {
	const n = countEntities(), lists = [];
	for (const [kind, title] of KINDS) {
		const entities = [];
		for (let entity = 0; entity < n.length; entity++) {
			if (D.entityKind[entity] === kind && (n[entity] || state.entity.has(entity)))
				entities.push(entity);
		}
		if (!entities.length)
			continue;
		entities.sort((a, b) => n[b] - n[a] || a - b);
		const unfolded = unfoldedKinds.has(kind);
		const list = make('div', 'entity-list', make('h3', '', title, make('span', 'value-count', count(entities.length))));
		for (const entity of entities.slice(0, unfolded ? ENTITIES_LONG : ENTITIES_SHORT))
			list.append(entityRow(entity, n[entity], n[entities[0]] || 1));
		if (entities.length > ENTITIES_SHORT)
			list.append(button('quiet', unfolded ? 'Fewer' : 'More', () => {
				if (!unfoldedKinds.delete(kind))
					unfoldedKinds.add(kind);
				drawEntities();
			}));
		lists.push(list);
	}
	byId('entity-lists').replaceChildren(...lists);
	if (!lists.length)
		byId('entity-lists').append(make('p', 'empty', 'None.'));
}

