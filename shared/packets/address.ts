import {
  type Coordinate,
  type IntervalSet,
  differenceOf,
  equalSets,
  intersectionOf,
  intervals,
  isEmptySet,
  isSubset,
  noInterval,
  unionOf,
} from './interval-set.ts';

/** IPv4 addresses are numbers from 0, IPv6 addresses bigints from 0n. */
export type Family = 4 | 6;

/**
 * Addresses of both families. Coordinates below zero, and at or past the family's end, are *named
 * addresses*: an address whose number is not known, only its name. Callers decide the names.
 */
export interface AddressSet {
  readonly v4: IntervalSet;
  readonly v6: IntervalSet;
}

/** An address range of one family; `to` is exclusive. */
export interface AddressRange {
  readonly family: Family;
  readonly from: Coordinate;
  readonly to: Coordinate;
}

const endOfV4 = 2 ** 32;
const endOfV6 = 2n ** 128n;
const realV4: IntervalSet = [0, endOfV4];
const realV6: IntervalSet = [0n, endOfV6];

export const noAddresses: AddressSet = { v4: noInterval, v6: noInterval };

/** Every real address and every named one from zero up. */
export const allAddresses: AddressSet = { v4: [0, Infinity], v6: [0n, Infinity] };

/** Every address that has a number. */
export const realAddresses: AddressSet = { v4: realV4, v6: realV6 };

/** The first coordinate past the family's last real address. */
export function endOfFamily(family: Family): Coordinate {
  return family === 4 ? endOfV4 : endOfV6;
}

/** The coordinates of the family that are real addresses. */
export function realOf(family: Family): IntervalSet {
  return family === 4 ? realV4 : realV6;
}

/**
 * The address as a number, or undefined where `text` is none. IPv4 is a dotted quad of decimals
 * without leading zeros; IPv6 as RFC 4291 §2.2 writes it, without a zone.
 */
export function parseAddress(
  text: string,
): { readonly family: Family; readonly value: Coordinate } | undefined {
  if (text.includes(':')) {
    const value = parseV6(text);
    return value === undefined ? undefined : { family: 6, value };
  }
  const value = parseV4(text);
  return value === undefined ? undefined : { family: 4, value };
}

/** A real address in text: a dotted quad, or the canonical form of RFC 5952. */
export function formatAddress(family: Family, value: Coordinate): string {
  return family === 4 ? formatV4(Number(value)) : formatV6(BigInt(value));
}

/**
 * The range of an address, a CIDR prefix or an `a-b` range (both ends included in the text), or
 * undefined where `text` is none of them. Host bits of a prefix are masked off, as Azure does.
 */
export function parsePrefix(text: string): AddressRange | undefined {
  const key = plainKey(text);
  if (key >= 0) {
    const from = Math.floor(key / keyStep);
    return { family: 4, from, to: from + 2 ** (key % keyStep) };
  }
  const slash = text.indexOf('/');
  if (slash >= 0) {
    return parseCidr(text.slice(0, slash), text.slice(slash + 1));
  }
  const dash = text.indexOf('-');
  const first = parseAddress(dash < 0 ? text : text.slice(0, dash));
  const last = dash < 0 ? first : parseAddress(text.slice(dash + 1));
  if (first === undefined || last?.family !== first.family || last.value < first.value) {
    return undefined;
  }
  return { family: first.family, from: first.value, to: successor(last.value) };
}

/** The fewest CIDR prefixes that hold exactly the real addresses of the set, in ascending order. */
export function cidrsOf(family: Family, set: IntervalSet): string[] {
  const cidrs: string[] = [];
  const real = intersectionOf(set, realOf(family));
  for (let i = 0; i < real.length; i += 2) {
    const [lo = 0, hi = 0] = [real[i], real[i + 1]];
    if (typeof lo === 'bigint') cidrsOfV6(lo, BigInt(hi), cidrs);
    else cidrsOfV4(lo, Number(hi), cidrs);
  }
  return cidrs;
}

function cidrsOfV6(start: bigint, end: bigint, cidrs: string[]): void {
  let from = start;
  while (from < end) {
    let free = 0;
    let size = 1n;
    while (free < 128 && from % (size * 2n) === 0n && from + size * 2n <= end) {
      free += 1;
      size *= 2n;
    }
    cidrs.push(`${formatV6(from)}/${128 - free}`);
    from += size;
  }
}

/** The same for IPv4, whose addresses are numbers. */
function cidrsOfV4(start: number, end: number, cidrs: string[]): void {
  let from = start;
  while (from < end) {
    // As wide as the address is even, and as the rest has room for.
    const even = from === 0 ? 32 : 31 - Math.clz32(from & -from);
    const room = end - from >= endOfV4 ? 32 : 31 - Math.clz32(end - from);
    const free = Math.min(even, room);
    cidrs.push(`${formatV4(from)}/${32 - free}`);
    from += 2 ** free;
  }
}

/**
 * The addresses of all the prefixes, each as `parsePrefix` reads it.
 * @throws RangeError naming the text that is no prefix.
 */
export function addressSet(prefixes: Iterable<string>): AddressSet {
  const plain: number[] = [];
  const v4: [Coordinate, Coordinate][] = [];
  const v6: [Coordinate, Coordinate][] = [];
  for (const text of prefixes) {
    const key = plainKey(text);
    if (key >= 0) {
      plain.push(key);
      continue;
    }
    const range = parsePrefix(text);
    if (range === undefined) {
      throw new RangeError(`Not an address, prefix or range: ${JSON.stringify(text)}`);
    }
    (range.family === 4 ? v4 : v6).push([range.from, range.to]);
  }
  return { v4: unionOf(plainIntervals(plain), intervals(v4)), v6: intervals(v6) };
}

/** Free bits of a prefix take six bits of its key, behind its first address. */
const keyStep = 64;

/**
 * An IPv4 address or prefix as one number, by first address and then by size, or -1 where the text
 * is none: lists come by the thousand, and this is what reading them costs.
 */
function plainKey(text: string): number {
  const { length } = text;
  let value = 0;
  let at = 0;
  for (let part = 0; part < 4; part += 1) {
    if (part > 0 && text.charCodeAt(at++) !== dot) return -1;
    const start = at;
    let octet = 0;
    for (; at < length && at < start + 3; at += 1) {
      const digit = text.charCodeAt(at) - zero;
      if (digit < 0 || digit > 9) break;
      octet = octet * 10 + digit;
    }
    if (!isPlainDecimal(text, start, at) || octet > 255) return -1;
    value = value * 256 + octet;
  }
  if (at === length) return value * keyStep;
  if (text.charCodeAt(at) !== slash) return -1;
  const start = at + 1;
  let bits = 0;
  for (at = start; at < length && at < start + 2; at += 1) {
    const digit = text.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return -1;
    bits = bits * 10 + digit;
  }
  if (at !== length || !isPlainDecimal(text, start, at) || bits > 32) return -1;
  const size = 2 ** (32 - bits);
  return (value - (value % size)) * keyStep + 32 - bits;
}

const zero = 48;
const dot = 46;
const slash = 47;

/** Whether there are digits between the places, without a leading zero. */
function isPlainDecimal(text: string, from: number, to: number): boolean {
  return to > from && (to === from + 1 || text.charCodeAt(from) !== zero);
}

function plainIntervals(keys: readonly number[]): IntervalSet {
  if (keys.length === 0) return noInterval;
  const sorted = Float64Array.from(keys).sort();
  const merged: number[] = [];
  let end = -1;
  for (let i = 0; i < sorted.length; i += 1) {
    const key = sorted[i] ?? 0;
    const lo = Math.floor(key / keyStep);
    const hi = lo + 2 ** (key % keyStep);
    if (lo > end) {
      merged.push(lo, hi);
      end = hi;
    } else if (hi > end) {
      merged[merged.length - 1] = hi;
      end = hi;
    }
  }
  return merged;
}

/** Addresses of either set. */
export function uniteAddresses(a: AddressSet, b: AddressSet): AddressSet {
  return { v4: unionOf(a.v4, b.v4), v6: unionOf(a.v6, b.v6) };
}

/** Addresses of both sets. */
export function intersectAddresses(a: AddressSet, b: AddressSet): AddressSet {
  return { v4: intersectionOf(a.v4, b.v4), v6: intersectionOf(a.v6, b.v6) };
}

/** Addresses of `a` that are not in `b`. */
export function subtractAddresses(a: AddressSet, b: AddressSet): AddressSet {
  return { v4: differenceOf(a.v4, b.v4), v6: differenceOf(a.v6, b.v6) };
}

export function isEmptyAddresses(a: AddressSet): boolean {
  return isEmptySet(a.v4) && isEmptySet(a.v6);
}

export function equalAddresses(a: AddressSet, b: AddressSet): boolean {
  return equalSets(a.v4, b.v4) && equalSets(a.v6, b.v6);
}

/** Whether every address of `a` is in `b`. */
export function isAddressSubset(a: AddressSet, b: AddressSet): boolean {
  return isSubset(a.v4, b.v4) && isSubset(a.v6, b.v6);
}

function successor(value: Coordinate): Coordinate {
  return typeof value === 'bigint' ? value + 1n : value + 1;
}

function parseCidr(base: string, bits: string): AddressRange | undefined {
  const address = parseAddress(base);
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(bits)) {
    return undefined;
  }
  const { family, value } = address;
  const free = (family === 4 ? 32 : 128) - Number(bits);
  if (free < 0) {
    return undefined;
  }
  if (typeof value === 'bigint') {
    const size = 1n << BigInt(free);
    const from = value - (value % size);
    return { family, from, to: from + size };
  }
  const size = 2 ** free;
  const from = value - (value % size);
  return { family, from, to: from + size };
}

function parseV4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) {
    return undefined;
  }
  let value = 0;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) {
      return undefined;
    }
    value = value * 256 + Number(part);
  }
  return value;
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) {
    return undefined;
  }
  const [head, tail] = halves.map((half, i) => parseGroups(half, i === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) {
    return undefined;
  }
  const missing = 8 - head.length - (tail?.length ?? 0);
  // `::` stands for one group of zeros at least; without it nothing may be missing.
  if (tail === undefined ? missing !== 0 : missing < 1) {
    return undefined;
  }
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
  return BigInt(`0x${groups.map((group) => group.toString(16).padStart(4, '0')).join('')}`);
}

/** The 16-bit groups of one side of `::`; only the end of the whole text may be a dotted quad. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') {
    return [];
  }
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (/^[\da-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const quad = isEnd && i === parts.length - 1 ? parseV4(part) : undefined;
    if (quad === undefined) {
      return undefined;
    }
    groups.push(Math.floor(quad / 65_536), quad % 65_536);
  }
  return groups;
}

function formatV4(value: number): string {
  const bits = value >>> 0;
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

function formatV6(value: bigint): string {
  if (value >> 32n === 0xffffn) {
    return `::ffff:${formatV4(Number(value & 0xffff_ffffn))}`;
  }
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  const zeros = longestZeros(groups);
  if (zeros.length < 2) {
    return groups.join(':');
  }
  const head = groups.slice(0, zeros.from).join(':');
  return `${head}::${groups.slice(zeros.from + zeros.length).join(':')}`;
}

/** The longest run of zero groups, the first of several (RFC 5952 §4.2.3). */
function longestZeros(groups: readonly string[]): { from: number; length: number } {
  let longest = { from: 0, length: 0 };
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0;
    if (length > longest.length) {
      longest = { from: i + 1 - length, length };
    }
  }
  return longest;
}
