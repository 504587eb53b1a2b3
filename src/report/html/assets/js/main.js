// ---- main.js: start, and what happens on each change ----

function update() {
	const start = performance.now();
	filterRows();
	const filterMs = performance.now() - start;
	drawChips();
	drawFacets();
	drawTimeline();
	drawLegend();
	writeTimeInputs();
	drawMatrix();
	drawTable();
	drawEntities();
	saveState();
	document.body.dataset.shown = shown.length;
	const totalMs = performance.now() - start;
	document.dispatchEvent(new CustomEvent('spoor-updated', { detail: { filterMs, totalMs } }));
}

function readAddress() {
	if (isAnchor() && !location.hash.includes('='))
		return;
	hashToState();
	byId('query').value = state.q;
	const wanted = state.f;
	update();
	const row = wanted ? rowOfId(wanted) : -1;
	if (row >= 0)
		openFinding(row);
}

// A rule's line of the summary leads to its findings.
function linkSummary() {
	const byHash = new Map(D.rules.map((rule, number) => [rule.sha256, number]));
	for (const line of document.querySelectorAll('tr[data-rule]')) {
		const rule = byHash.get(line.dataset.rule);
		if (rule === undefined)
			continue;
		const title = line.querySelector('.rule-title');
		const link = button('rule-link', '', () => {
			state.rule.clear();
			state.rule.add(rule);
			update();
			byId('findings').scrollIntoView();
		});
		link.append(...title.childNodes);
		title.append(link);
	}
}

function startKeys() {
	document.addEventListener('keydown', (event) => {
		const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
		if (event.key === 'Escape') {
			if (opened >= 0)
				closeDrawer();
			else if (event.target.id === 'query')
				event.target.blur();
		} else if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
			byId('query').focus();
			byId('query').select();
			event.preventDefault();
		}
	});
}

function startSearch() {
	const query = byId('query');
	let waiting = 0;
	query.addEventListener('input', () => {
		clearTimeout(waiting);
		waiting = setTimeout(() => {
			state.q = query.value;
			update();
		}, R.n > 20000 ? 120 : 30);
	});
	byId('reset').addEventListener('click', resetState);
}

async function start() {
	document.body.classList.add('scripted');
	await loadData();
	hashToState();
	byId('query').value = state.q;
	startTimeline();
	startMatrix();
	startTable();
	startSearch();
	startKeys();
	linkSummary();
	readAddress();
	if (!document.body.dataset.shown)
		update();
	window.addEventListener('hashchange', () => {
		readAddress();
		if (!isAnchor()) // a link of the summary
			byId('findings').scrollIntoView();
	});
	byId('steps').addEventListener('change', saveState);
	document.body.dataset.ready = Math.round(performance.now()); // for tests
	setTimeout(() => { lowerTexts(); countVariety(); }, 400);
	requestAnimationFrame(() => setTimeout(() => { document.body.dataset.painted = Math.round(performance.now()); }));
}

start().catch((error) => {
	const trouble = byId('trouble');
	trouble.hidden = false;
	trouble.textContent = typeof DecompressionStream === 'undefined' ?
		'This browser is too old for the interactive part (Chrome 80, Firefox 113 or Safari 16.4 are new enough). The summary above is complete.' :
		`The interactive part could not start: ${error.message}. The summary above is complete.`;
	document.body.classList.remove('scripted');
	document.body.dataset.ready = 'failed';
});

})();
