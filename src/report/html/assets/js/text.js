// ---- text.js: texts and elements ----

// What is invisible or turns the reading direction; same ranges as html-text.c.
const HIDDEN = new RegExp('[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f' +
	'\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ue000-\\uf8ff\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffc' +
	'\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}\\u{f0000}-\\u{10ffff}]', 'gu');

const byId = (id) => document.getElementById(id);

// An element with a class, and children that are elements or plain texts.
function make(tag, className, ...children) {
	const element = document.createElement(tag);
	if (className)
		element.className = className;
	element.append(...children.filter((child) => child !== null && child !== undefined));
	return element;
}

function button(className, label, onClick) {
	const element = make('button', className, label);
	element.type = 'button';
	element.addEventListener('click', onClick);
	return element;
}

// Evidence text as nodes: hidden characters become visible code points. @keepLines leaves line ends be.
function textNodes(text, keepLines) {
	const nodes = document.createDocumentFragment();
	let end = 0;
	for (const match of text.matchAll(HIDDEN)) {
		if (keepLines && (match[0] === '\n' || match[0] === '\t'))
			continue;
		nodes.append(text.slice(end, match.index));
		const code = match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
		nodes.append(make('span', 'hidden-char', 'U+' + code));
		end = match.index + match[0].length;
	}
	nodes.append(text.slice(end));
	return nodes;
}

// The same as plain text, for canvas and tooltips.
const plainText = (text) => text.replace(HIDDEN, (c) =>
	'⟨U+' + c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0') + '⟩');

const defang = (text) => text.replace(/http/gi, 'hxxp').replace(/\./g, '[.]').replace(/:(?=[0-9a-f]*:)/gi, '[:]');

const NUMBER = new Intl.NumberFormat('en');
const count = (n) => NUMBER.format(n);
const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;

// Milliseconds since 1970 as "2021-03-02 10:11:12", or to the millisecond.
function timeText(ms, precise) {
	if (Number.isNaN(ms))
		return '–';
	return new Date(ms).toISOString().replace('T', ' ').slice(0, precise ? 23 : 19);
}

function bytesText(n) {
	const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
	let unit = 0;
	for (; n >= 1024 && unit < units.length - 1; unit++)
		n /= 1024;
	return `${unit ? n.toFixed(1) : n} ${units[unit]}`;
}

const levelChip = (level) => make('span', `level level-${LEVELS[level]}`, LEVELS[level]);

// A button that copies the text of @element, or selects it where there is no clipboard.
function copyButton(element) {
	const result = button('quiet copy', 'Copy', async () => {
		try {
			await navigator.clipboard.writeText(element.textContent);
			result.textContent = 'Copied';
		} catch {
			getSelection().selectAllChildren(element);
		}
	});
	return result;
}

