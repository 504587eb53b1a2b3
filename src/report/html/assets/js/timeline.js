// ---- timeline.js: hosts against time ----
// Marks are gathered into cells of a few pixels, so that a hundred thousand findings
// cost no more than the width of the screen.

const LANE = 24, AXIS = 28, GUTTER_MOST = 210, CELL = 4, LANES_SHORT = 30, LANES_MOST = 400;
const HOUR = 3600000, MONTH = 720 * HOUR;
// Early tactics dark (light on a dark page), late ones bright: no colour vision needed.
const RAMPS = {
	light: ['#27187e', '#4c1d95', '#7b1fa2', '#a61e86', '#cb2a63', '#e04a3a', '#e8731a', '#d99a06'],
	dark: ['#7f8cff', '#9d86ff', '#c07ff5', '#e07ad6', '#f77fa6', '#fd9474', '#fdb35a', '#f5dd6a'],
};
const RADIUS = [1.8, 2.3, 3.2, 5, 7];
const STEPS = [60e3, 300e3, 900e3, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 168 * HOUR, 336 * HOUR,
	MONTH, 3 * MONTH, 12 * MONTH, 120 * MONTH];

const darkQuery = matchMedia('(prefers-color-scheme: dark)');
const view = { from: 0, to: 1, width: 0, gutter: GUTTER_MOST, lanes: 0, cells: new Map(), drag: null, allLanes: false };

const colours = { light: [], dark: [] };

function tacticColour(tactic) {
	const theme = darkQuery.matches ? 'dark' : 'light';
	return colours[theme][tactic + 1] ??= tactic < 0 ? '#8b93a0' : mixColour(RAMPS[theme], tactic);
}

function mixColour(ramp, tactic) {
	const at = tactic / Math.max(1, D.tactics.length - 1) * (ramp.length - 1);
	const low = Math.min(ramp.length - 2, Math.floor(at)), part = at - low;
	const channel = (text, i) => parseInt(text.slice(1 + 2 * i, 3 + 2 * i), 16);
	return `rgb(${[0, 1, 2].map((i) => Math.round(channel(ramp[low], i) * (1 - part) + channel(ramp[low + 1], i) * part))})`;
}

function fullRange() {
	let from = Infinity, to = -Infinity;
	for (const time of R.time) {
		if (time < from)
			from = time;
		if (time > to)
			to = time;
	}
	if (D.hours) {
		from = Math.min(from, D.firstHour * HOUR);
		to = Math.max(to, (D.firstHour + D.hours) * HOUR);
	}
	if (!(from < to)) {
		from = Number.isFinite(from) ? from - HOUR : 0;
		to = from + 2 * HOUR;
	}
	return [from, to];
}

const xOf = (time) => view.gutter + (time - view.from) / (view.to - view.from) * (view.width - view.gutter - 8);
const timeOf = (x) => view.from + (x - view.gutter) / (view.width - view.gutter - 8) * (view.to - view.from);

const cssColour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();

function hatch(context) {
	const tile = document.createElement('canvas');
	tile.width = tile.height = 6;
	const pen = tile.getContext('2d');
	pen.strokeStyle = cssColour('--hatch');
	pen.beginPath();
	pen.moveTo(-1, 7);
	pen.lineTo(7, -1);
	pen.moveTo(-1, 1);
	pen.lineTo(1, -1);
	pen.moveTo(5, 7);
	pen.lineTo(7, 5);
	pen.stroke();
	return context.createPattern(tile, 'repeat');
}

// Times to label: multiples of the step, or firsts of months.
function ticks(step) {
	const times = [], months = step / MONTH;
	if (months < 1) {
		for (let time = Math.ceil(view.from / step) * step; time <= view.to; time += step)
			times.push(time);
		return times;
	}
	const start = new Date(view.from);
	let month = Math.ceil(((start.getUTCFullYear() - 1970) * 12 + start.getUTCMonth()) / months) * months;
	for (let time = Date.UTC(1970, month); time <= view.to; time = Date.UTC(1970, month += months))
		times.push(time);
	return times.filter((time) => time >= view.from);
}

function drawAxis(context, height) {
	const step = STEPS.find((ms) => ms / (view.to - view.from) * (view.width - view.gutter) >= 95) ?? STEPS.at(-1);
	context.font = '12px ' + cssColour('--sans');
	context.textBaseline = 'middle';
	for (const time of ticks(step)) {
		const x = Math.round(xOf(time)) + 0.5;
		const text = new Date(time).toISOString();
		const label = step >= MONTH ? text.slice(0, step >= 12 * MONTH ? 4 : 7) : step >= 24 * HOUR ? text.slice(0, 10) :
			time % (24 * HOUR) ? text.slice(11, 16) : text.slice(5, 10);
		context.fillStyle = cssColour('--line');
		context.fillRect(x, AXIS - 6, 1, height - AXIS + 6);
		context.fillStyle = cssColour('--soft');
		if (x < view.width - 60)
			context.fillText(label, x + 4, AXIS / 2 - 2);
	}
}

function fitText(context, text, width) {
	if (context.measureText(text).width <= width)
		return text;
	let n = text.length;
	while (n > 1 && context.measureText(text.slice(0, n) + '…').width > width)
		n--;
	return text.slice(0, n) + '…';
}

// Bars where the host has logs, hatching where it is silent for long.
function drawLane(context, lane, pattern) {
	const [name, hours] = D.hosts[lane], y = AXIS + lane * LANE;
	const chosen = state.host.has(lane);
	context.fillStyle = cssColour(chosen ? '--accent' : state.host.size ? '--soft' : '--ink');
	context.font = (chosen ? '600 ' : '') + '12.5px ' + cssColour('--sans');
	context.fillText(fitText(context, plainText(name || 'no host named'), view.gutter - 16), 4, y + LANE / 2 + 1);
	const bar = (from, to, style) => {
		const left = Math.max(view.gutter, xOf(from * HOUR)), right = Math.min(view.width - 8, xOf(to * HOUR));
		if (right <= left)
			return;
		context.fillStyle = style;
		context.fillRect(left, y + 2, Math.max(1, right - left), LANE - 4);
	};
	let end = 0;
	for (let i = 0; i <= hours.length; i += 2) {
		const next = i < hours.length ? end + hours[i] : D.hours;
		if (next - end >= D.silenceHours)
			bar(D.firstHour + end, D.firstHour + next, pattern);
		if (i < hours.length) {
			bar(D.firstHour + next, D.firstHour + next + hours[i + 1], cssColour('--lane'));
			end = next + hours[i + 1];
		}
	}
}

function gatherCells() {
	view.cells.clear();
	for (const row of shownAnyTime) {
		const time = R.time[row], lane = R.host[row];
		if (!(time >= view.from && time <= view.to) || lane >= view.lanes)
			continue;
		const key = (lane * 65536 + Math.floor(xOf(time) / CELL)) * 64 + R.tactic[row];
		const cell = view.cells.get(key);
		if (!cell)
			view.cells.set(key, { row, n: 1, level: R.level[row] });
		else if (cell.n++, R.level[row] > cell.level)
			cell.level = R.level[row], cell.row = row;
	}
}

const cellPlace = (key) => {
	const place = Math.floor(key / 64);
	return { lane: Math.floor(place / 65536), x: (place % 65536) * CELL + CELL / 2, tactic: key % 64 - 1 };
};

function drawMarks(context) {
	const edge = cssColour('--paper');
	const cells = [...view.cells].sort((a, b) => a[1].level - b[1].level || a[0] - b[0]);
	for (const [key, cell] of cells) {
		const { lane, x, tactic } = cellPlace(key);
		const y = AXIS + lane * LANE + LANE / 2;
		const radius = RADIUS[cell.level] + Math.min(1.5, Math.log10(cell.n) / 2);
		context.beginPath();
		if (cell.level === 4) { // a diamond: critical shows without colour and size too
			context.moveTo(x, y - radius - 1);
			context.lineTo(x + radius + 1, y);
			context.lineTo(x, y + radius + 1);
			context.lineTo(x - radius - 1, y);
			context.closePath();
		} else {
			context.arc(x, y, radius, 0, 7);
		}
		context.fillStyle = tacticColour(tactic);
		context.globalAlpha = cell.level >= 3 ? 1 : 0.62;
		context.fill();
		context.globalAlpha = 1;
		if (cell.level >= 3) {
			context.strokeStyle = edge;
			context.lineWidth = 1.2;
			context.stroke();
		}
	}
}

function drawBrush(context, height) {
	let { from, to } = view.drag?.moved ? view.drag : state;
	if (Number.isNaN(from) && Number.isNaN(to))
		return;
	if (from > to)
		[from, to] = [to, from];
	const left = Math.max(view.gutter, xOf(Number.isNaN(from) ? view.from : from));
	const right = Math.min(view.width - 8, xOf(Number.isNaN(to) ? view.to : to));
	context.fillStyle = cssColour('--veil');
	context.fillRect(view.gutter, AXIS, left - view.gutter, height - AXIS);
	context.fillRect(right, AXIS, view.width - right, height - AXIS);
	context.fillStyle = cssColour('--accent');
	context.fillRect(left - 1, AXIS - 6, 2, height - AXIS + 6);
	context.fillRect(right - 1, AXIS - 6, 2, height - AXIS + 6);
}

function drawTimeline() {
	const canvas = byId('canvas'), scale = window.devicePixelRatio || 1;
	view.width = byId('lanes').clientWidth;
	view.gutter = Math.min(GUTTER_MOST, view.width * 0.3);
	const limit = view.allLanes ? LANES_MOST : LANES_SHORT;
	view.lanes = Math.min(D.hosts.length, limit);
	const height = AXIS + view.lanes * LANE + 4;
	canvas.width = view.width * scale;
	canvas.height = height * scale;
	canvas.style.height = height + 'px';
	const context = canvas.getContext('2d');
	context.scale(scale, scale);
	drawAxis(context, height);
	const pattern = hatch(context);
	for (let lane = 0; lane < view.lanes; lane++)
		drawLane(context, lane, pattern);
	gatherCells();
	drawMarks(context);
	drawBrush(context, height);
	const more = byId('more-lanes');
	more.hidden = D.hosts.length <= LANES_SHORT;
	more.textContent = view.allLanes ? `Only the worst ${LANES_SHORT} hosts` : `Show ${Math.min(D.hosts.length, LANES_MOST)} of ${D.hosts.length} hosts`;
}

function setTime(from, to) {
	state.from = from;
	state.to = to;
	update();
}

function writeTimeInputs() {
	for (const name of ['from', 'to'])
		byId(name).value = Number.isNaN(state[name]) ? '' : timeText(state[name]);
	byId('zoom').textContent = view.zoomed ? 'Show all time' : 'Zoom to this time';
	byId('zoom').disabled = !view.zoomed && Number.isNaN(state.from) && Number.isNaN(state.to);
}

function zoom() {
	const [from, to] = fullRange();
	view.zoomed = !view.zoomed;
	view.from = view.zoomed && !Number.isNaN(state.from) ? state.from : from;
	view.to = view.zoomed && !Number.isNaN(state.to) ? state.to : to;
	writeTimeInputs();
	drawTimeline();
}

function nearestCell(x, y) {
	const lane = Math.floor((y - AXIS) / LANE);
	let best = null, distance = 8;
	for (const [key, cell] of view.cells) {
		const place = cellPlace(key);
		const away = Math.abs(place.x - x) - cell.level / 2;
		if (place.lane === lane && away < distance) {
			distance = away;
			best = { ...place, ...cell };
		}
	}
	return best;
}

function showHover(x, y) {
	const hover = byId('hover'), cell = x > view.gutter && !view.drag?.moved ? nearestCell(x, y) : null;
	hover.hidden = !cell;
	if (!cell)
		return;
	const more = cell.n > 1 ? ` and ${count(cell.n - 1)} more` : '';
	hover.replaceChildren(levelChip(cell.level), ' ', make('b', '', textNodes(D.rules[R.rule[cell.row]].title)), more,
		make('br'), `${timeText(R.time[cell.row])} · `, textNodes(D.hosts[cell.lane][0]), ' · ',
		valueLabels.tactic(cell.tactic));
	hover.style.left = Math.min(x + 12, view.width - hover.offsetWidth - 4) + 'px';
	hover.style.top = y + 16 + 'px';
}

// A click on a host keeps it, on a mark opens its worst finding; a drag keeps the time.
function endDrag(x, y) {
	const drag = view.drag;
	view.drag = null;
	if (!drag)
		return;
	if (drag.moved) {
		const [from, to] = [drag.from, drag.to].sort((a, b) => a - b);
		setTime(Math.floor(from / 1000) * 1000, Math.ceil(to / 1000) * 1000);
		return;
	}
	const lane = Math.floor((y - AXIS) / LANE);
	if (x < view.gutter && lane >= 0 && lane < view.lanes) {
		toggle('host', lane);
		return;
	}
	const cell = nearestCell(x, y);
	if (cell)
		openFinding(cell.row);
	else if (!Number.isNaN(state.from) || !Number.isNaN(state.to))
		setTime(NaN, NaN);
}

function startTimeline() {
	const canvas = byId('canvas');
	[view.from, view.to] = fullRange();
	canvas.addEventListener('pointerdown', (event) => {
		view.drag = { startX: event.offsetX, from: timeOf(Math.max(view.gutter, event.offsetX)), to: NaN, moved: false };
		canvas.setPointerCapture(event.pointerId);
	});
	canvas.addEventListener('pointermove', (event) => {
		const drag = view.drag;
		if (drag && drag.startX >= view.gutter && (drag.moved || Math.abs(event.offsetX - drag.startX) > 4)) {
			drag.moved = true;
			drag.to = timeOf(Math.min(view.width - 8, Math.max(view.gutter, event.offsetX)));
			requestAnimationFrame(drawTimeline);
		}
		showHover(event.offsetX, event.offsetY);
	});
	canvas.addEventListener('pointerup', (event) => endDrag(event.offsetX, event.offsetY));
	canvas.addEventListener('pointerleave', () => { byId('hover').hidden = true; });
	byId('zoom').addEventListener('click', zoom);
	byId('more-lanes').addEventListener('click', () => { view.allLanes = !view.allLanes; drawTimeline(); });
	for (const name of ['from', 'to'])
		byId(name).addEventListener('change', (event) => {
			const text = event.target.value.trim();
			const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? text : text.replace(' ', 'T') + 'Z');
			event.target.setCustomValidity(text && Number.isNaN(time) ? 'A time such as 2021-03-02 10:00' : '');
			if (text && Number.isNaN(time))
				event.target.reportValidity();
			else
				setTime(name === 'from' ? time : state.from, name === 'to' ? time : state.to);
		});
	let width = 0;
	new ResizeObserver(() => {
		if (byId('lanes').clientWidth !== width) {
			width = byId('lanes').clientWidth;
			drawTimeline();
		}
	}).observe(byId('lanes'));
	darkQuery.addEventListener('change', () => update());
}

function drawLegend() {
	R.tactics ??= new Set(R.tactic);
	const items = [];
	for (let tactic = 0; tactic < D.tactics.length; tactic++) {
		if (!R.tactics.has(tactic + 1))
			continue;
		const dot = make('span', 'dot');
		dot.style.background = tacticColour(tactic);
		const item = button('value', '', () => toggle('tactic', tactic));
		item.setAttribute('aria-pressed', state.tactic.has(tactic));
		item.append(dot, D.tactics[tactic][1]);
		items.push(make('li', '', item));
	}
	items.push(make('li', 'note', make('span', 'key-diamond', '◆'), ' critical, then by size'),
		make('li', 'note', make('span', 'key-hatch'), ` no logs for ${D.silenceHours} hours or more`));
	byId('legend').replaceChildren(...items);
}

