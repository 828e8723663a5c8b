// Columns of 32-bit words: a scan makes a fingerprint for each check of each cluster.
const roundConstants = Int32Array.from(firstPrimes(64), (prime) => fractionBits(Math.cbrt(prime)));
const initialState = Int32Array.from(firstPrimes(8), (prime) => fractionBits(Math.sqrt(prime)));

/**
 * SHA-256 of the text's UTF-8 bytes in hexadecimal (FIPS 180-4). Written out because this floor
 * knows no platform, and the platforms' own is either asynchronous or tied to one of them.
 */
export function sha256(text: string): string {
  const bytes = padded(new TextEncoder().encode(text));
  const view = new DataView(bytes.buffer);
  const state = initialState.slice();
  const words = new Int32Array(64);
  for (let block = 0; block < bytes.byteLength; block += 64) {
    schedule(words, view, block);
    compress(state, words);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function padded(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = Math.ceil((message.length + 9) / 64);
  const bytes = new Uint8Array(blocks * 64);
  bytes.set(message);
  bytes[message.length] = 0x80;
  new DataView(bytes.buffer).setBigUint64(bytes.length - 8, BigInt(message.length) * 8n);
  return bytes;
}

/** The words of one block, in place of those of the one before. */
function schedule(words: Int32Array, bytes: DataView, block: number): void {
  for (let i = 0; i < 16; i += 1) words[i] = bytes.getInt32(block + i * 4);
  const word = (index: number) => words[index] ?? 0;
  for (let i = 16; i < 64; i += 1) {
    const a = word(i - 15);
    const b = word(i - 2);
    const mixedA = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const mixedB = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    words[i] = word(i - 16) + mixedA + word(i - 7) + mixedB;
  }
}

/** Adds a block to the state. */
function compress(state: Int32Array, words: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let round = 0; round < 64; round += 1) {
    const mixedE = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const first = h + mixedE + chosen + (roundConstants[round] ?? 0) + (words[round] ?? 0);
    const mixedA = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + mixedA + majority) | 0;
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) {
    state[index] = (state[index] ?? 0) + word;
  }
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n += 1) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}

function fractionBits(root: number): number {
  return Math.floor((root % 1) * 2 ** 32);
}
