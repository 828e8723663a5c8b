import { createHmac } from 'node:crypto';
import {
  platformAddresses,
  privateAddresses,
  sometimesOmittedFromInternet,
  specialUse,
} from '../../network/address-bounds.ts';
import {
  type AddressSet,
  type Family,
  addressSet,
  cidrsOf,
  formatAddress,
  parseAddress,
  parsePrefix,
} from '../../packets/address.ts';

/**
 * Addresses that mean something to Azure or to an audit, and stay what they are: blocks as blocks
 * (what lies in one is exchanged within it), single addresses as themselves.
 * Sources: the blocks of shared/network/address-bounds.ts; learn.microsoft.com/azure/aks/configure-kubenet
 * (ranges that AKS reserves); 0.0.0.0/32 closes a list of authorized ranges.
 */
const fixed: readonly AddressSet[] = [
  specialUse,
  sometimesOmittedFromInternet,
  privateAddresses,
  platformAddresses,
  addressSet(['172.30.0.0/16']),
  addressSet(['172.31.0.0/16']),
  addressSet(['0.0.0.0/32']),
  addressSet(['fe80::1234:5678:9abc']),
];

/** A block of nodes of the tree of prefixes that one hash decides: eight levels, 255 nodes. */
const levels = 8;
const mostKept = 200_000;

/**
 * Exchanges addresses so that prefixes are kept: two addresses share as many leading bits afterwards
 * as before, so every overlap and containment of prefixes stays as it was, and with them every
 * verdict. Which bit is flipped behind which prefix is a keyed hash (the construction of Crypto-PAn,
 * Xu et al., "Prefix-Preserving IP Address Anonymization", 2002); above the blocks that mean something,
 * none is.
 */
export class AddressRedaction {
  readonly #key: Uint8Array;
  readonly #blocks = new Map<string, Uint8Array>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** An address or a prefix in its new place; undefined where the text is neither. */
  prefix(text: string): string | undefined {
    const [written = '', length] = text.trim().split('/');
    const address = parseAddress(written);
    if (address === undefined || parsePrefix(text.trim()) === undefined) return undefined;
    const { family, value } = address;
    const bits = length === undefined ? widthOf(family) : Number(length);
    const moved = formatAddress(family, coordinate(family, this.#exchange(family, value, bits)));
    return length === undefined ? moved : `${moved}/${length}`;
  }

  /** An address that keeps its distance from the start of a prefix that holds it. */
  within(text: string, prefix: string): string | undefined {
    const address = parseAddress(text.trim());
    const range = parsePrefix(prefix.trim());
    const length = prefix.split('/')[1];
    if (address === undefined || range?.family !== address.family || length === undefined) {
      return undefined;
    }
    const { family, value } = address;
    if (value < range.from || value >= range.to) return undefined;
    const moved = this.#exchange(family, value, Number(length));
    return formatAddress(family, coordinate(family, moved));
  }

  /** What the text covers, as prefixes in their new places; undefined where it is no address at all. */
  prefixes(text: string): readonly string[] | undefined {
    const one = this.prefix(text);
    if (one !== undefined) return [one];
    const range = parsePrefix(text.trim());
    if (range === undefined) return undefined;
    // An exchange of prefixes keeps no order, so a range is told as the prefixes it is made of.
    const set = addressSet([text.trim()]);
    return cidrsOf(range.family, range.family === 4 ? set.v4 : set.v6).flatMap(
      (cidr) => this.prefix(cidr) ?? [],
    );
  }

  /** The first bits exchanged, the others as they are. */
  #exchange(family: Family, written: number | bigint, bits: number): bigint {
    const value = BigInt(written);
    const width = widthOf(family);
    let moved = value;
    for (let depth = 0; depth < bits; depth += 1) {
      const above = value >> BigInt(width - depth);
      if (!anchored.has(nodeName(family, depth, above)) && this.#flips(family, depth, above)) {
        moved ^= 1n << BigInt(width - depth - 1);
      }
    }
    return moved;
  }

  #flips(family: Family, depth: number, above: bigint): boolean {
    const within = depth % levels;
    const top = above >> BigInt(within);
    const name = nodeName(family, depth - within, top);
    const block = this.#blocks.get(name) ?? this.#newBlock(name);
    const node = 2 ** within - 1 + Number(above - (top << BigInt(within)));
    return ((block[node >> 3] ?? 0) & (1 << (node & 7))) !== 0;
  }

  #newBlock(name: string): Uint8Array {
    const block = createHmac('sha256', this.#key).update(`address ${name}`).digest();
    if (this.#blocks.size >= mostKept) this.#blocks.clear();
    this.#blocks.set(name, block);
    return block;
  }
}

function widthOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

function coordinate(family: Family, value: bigint): number | bigint {
  return family === 4 ? Number(value) : value;
}

function nodeName(family: Family, depth: number, above: bigint): string {
  return `${family} ${depth} ${above}`;
}

/** The nodes above the blocks that stay. */
const anchored: ReadonlySet<string> = new Set(
  fixed.flatMap((set) => [...nodesAbove(4, set.v4), ...nodesAbove(6, set.v6)]),
);

function nodesAbove(family: Family, set: AddressSet['v4']): readonly string[] {
  const width = widthOf(family);
  return cidrsOf(family, set).flatMap((cidr) => {
    const [written = '', length = String(width)] = cidr.split('/');
    const value = BigInt(parseAddress(written)?.value ?? 0);
    return Array.from({ length: Number(length) }, (_, depth) =>
      nodeName(family, depth, value >> BigInt(width - depth)),
    );
  });
}
