// ---- matrix.js: ATT&CK techniques ----

// A rule's technique stands under the tactics that both name, else under all of its own.
function placesOf(rule, technique) {
	const short = technique[2];
	const both = short.filter((name) => rule.tactics >> D.tactics.findIndex((tactic) => tactic[2] === name) & 1);
	return both.length ? both : short;
}

// tactic -> technique id -> { n: findings shown, level: the worst of them }
function techniquesSeen() {
	const byRule = new Uint32Array(D.rules.length), worst = [], seen = new Map();
	for (const row of shown) {
		const rule = R.rule[row];
		byRule[rule]++;
		worst[rule] = Math.max(worst[rule] ?? -1, R.level[row]);
	}
	D.rules.forEach((rule, number) => {
		if (!byRule[number] && !state.technique.size)
			return;
		for (const id of rule.techniques) {
			for (const name of placesOf(rule, D.techniqueById.get(id))) {
				if (!seen.has(name))
					seen.set(name, new Map());
				const cell = seen.get(name).get(id) ?? { n: 0, level: -1 };
				cell.n += byRule[number];
				cell.level = Math.max(cell.level, worst[number] ?? -1);
				seen.get(name).set(id, cell);
			}
		}
	});
	return seen;
}

function techniqueCell(id, cell) {
	const technique = D.techniqueById.get(id);
	if (!cell?.n && !state.technique.has(id)) {
		const quiet = make('div', 'technique quiet-cell', make('span', 'technique-id', id), ' ' + technique[1]);
		quiet.title = `${plural(technique[3], 'rule', 'rules')} could see this; none fired here`;
		return quiet;
	}
	const element = button(`technique heat-${cell?.level ?? 0}`, '', () => toggle('technique', id));
	element.append(make('span', 'technique-id', id), make('span', 'technique-name', technique[1]),
		make('span', 'technique-count', count(cell?.n ?? 0)));
	element.setAttribute('aria-pressed', state.technique.has(id));
	element.title = `${technique[1]}: ${plural(cell?.n ?? 0, 'finding', 'findings')}, ${plural(technique[3], 'rule', 'rules')} loaded`;
	return element;
}

function drawMatrix() {
	const seen = techniquesSeen(), all = byId('seeable').checked, columns = [];
	D.tactics.forEach(([, name, short], number) => {
		const cells = seen.get(short) ?? new Map();
		const ids = all ? D.techniques.filter((t) => t[2].includes(short) || cells.has(t[0])).map((t) => t[0]) : [...cells.keys()];
		if (!ids.length)
			return;
		ids.sort((a, b) => (cells.get(b)?.level ?? -1) - (cells.get(a)?.level ?? -1) ||
			(cells.get(b)?.n ?? 0) - (cells.get(a)?.n ?? 0) || (a < b ? -1 : 1));
		const head = make('h3', '', name);
		head.style.borderColor = tacticColour(number);
		const fired = [...cells.values()].filter((cell) => cell.n).length;
		head.append(make('span', 'value-count', all ? `${fired} / ${ids.length}` : count(fired)));
		columns.push(make('div', 'tactic-column', head, ...ids.map((id) => techniqueCell(id, cells.get(id)))));
	});
	byId('matrix').replaceChildren(...columns);
	if (!columns.length)
		byId('matrix').append(make('p', 'empty', 'No technique: none of the findings shown has an ATT&CK tag.'));
}

// A layer of the findings shown, for the ATT&CK Navigator (format 4.5).
function downloadLayer() {
	const scores = new Map();
	for (const cells of techniquesSeen().values()) {
		for (const [id, cell] of cells) {
			if (cell.n)
				scores.set(id, Math.max(scores.get(id) ?? 0, cell.n));
		}
	}
	const layer = {
		name: `spoor: ${D.title}`, domain: 'enterprise-attack',
		versions: { attack: String(D.attackVersion ?? '').split('.')[0], navigator: '4.9.0', layer: '4.5' },
		description: 'Techniques of the rules that fired; the score is the number of findings.',
		techniques: [...scores].sort().map(([techniqueID, score]) => ({ techniqueID, score, enabled: true })),
		gradient: { colors: ['#fff3d6', '#d9480f'], minValue: 0, maxValue: Math.max(1, ...scores.values()) },
	};
	const link = document.createElement('a');
	link.href = URL.createObjectURL(new Blob([JSON.stringify(layer, null, '\t')], { type: 'application/json' }));
	link.download = 'navigator-layer.json';
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function startMatrix() {
	byId('seeable').addEventListener('change', drawMatrix);
	byId('layer').addEventListener('click', downloadLayer);
}

