// ---- sha256.js: SHA-256 (FIPS 180-4) ----
// A finding's id is a hash; it is computed when shown, since ids can not be packed. crypto.subtle needs TLS.

const SHA_PRIMES = (() => {
	const primes = [];
	for (let n = 2; primes.length < 64; n++) {
		if (primes.every((p) => n % p))
			primes.push(n);
	}
	return primes;
})();
const fraction32 = (x) => ((x - Math.floor(x)) * 0x100000000) | 0;
const SHA_K = Int32Array.from(SHA_PRIMES, (p) => fraction32(Math.cbrt(p)));
const SHA_START = Int32Array.from(SHA_PRIMES.slice(0, 8), (p) => fraction32(Math.sqrt(p)));
const SHA_W = new Int32Array(64);

const rotate = (x, n) => (x >>> n) | (x << (32 - n));

function shaBlock(state, view, at) {
	for (let i = 0; i < 16; i++)
		SHA_W[i] = view.getInt32(at + 4 * i);
	for (let i = 16; i < 64; i++) {
		const a = SHA_W[i - 15], b = SHA_W[i - 2];
		SHA_W[i] = SHA_W[i - 16] + SHA_W[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) +
			(rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10));
	}
	let [a, b, c, d, e, f, g, h] = state;
	for (let i = 0; i < 64; i++) {
		const one = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + SHA_K[i] + SHA_W[i];
		const two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
		h = g, g = f, f = e, e = (d + one) | 0, d = c, c = b, b = a, a = (one + two) | 0;
	}
	[a, b, c, d, e, f, g, h].forEach((x, i) => { state[i] += x; });
}

function sha256(text) {
	const bytes = new TextEncoder().encode(text);
	const padded = new Uint8Array((bytes.length + 9 + 63) & ~63);
	const view = new DataView(padded.buffer);
	const state = SHA_START.slice();
	padded.set(bytes);
	padded[bytes.length] = 0x80;
	view.setUint32(padded.length - 4, bytes.length * 8);
	for (let at = 0; at < padded.length; at += 64)
		shaBlock(state, view, at);
	return Array.from(state, (x) => (x >>> 0).toString(16).padStart(8, '0')).join('');
}

