import type { Family } from '../packets/address.ts';
import { endOfFamily } from '../packets/address.ts';
import { type Coordinate, type IntervalSet, holds, noInterval } from '../packets/interval-set.ts';
import { type ReachRow, protocolsMet } from './rule-box.ts';
import { portSet } from './rule-packets.ts';
import type { RuleWorlds } from './rule-worlds.ts';
import type { SecurityRule } from './security-rule.ts';

/**
 * Whether one of a few packets shows that the rule is needed: it certainly meets the rule first, and
 * behind it certainly one that does the opposite. Most rules are shown to be needed so, without
 * working out what becomes of all their packets; where none of the few shows it, nothing is said.
 */
export function isShownNeeded(
  worlds: RuleWorlds,
  rows: readonly ReachRow[],
  own: ReachRow,
  needless: ReadonlySet<SecurityRule>,
): boolean {
  const [world] = worlds.bounds;
  if (world === undefined || own.protocols === 0) return false;
  const { rule } = own;
  const certain = {
    sources: world.sources(rule.sources).atLeast,
    destinations: world.destinations(rule.destinations).atLeast,
  };
  for (const family of families) {
    const key = family === 4 ? 'v4' : 'v6';
    for (let nth = 0; nth < samples; nth += 1) {
      const source = pointIn(certain.sources[key], family, nth);
      const destination = pointIn(certain.destinations[key], family, nth >>> 1);
      if (source === undefined || destination === undefined) break;
      const packet: Sample = {
        family,
        // The first of its protocols, of which those with ports come first.
        protocol: own.protocols & -own.protocols,
        source,
        destination,
        sourcePort: portIn(portSet(rule.sourcePorts), 0),
        destinationPort: portIn(portSet(rule.destinationPorts), nth),
      };
      if (isNeededFor(packet, worlds, rows, own, needless)) return true;
    }
  }
  return false;
}

const families: readonly Family[] = [4, 6];
const samples = 6;

interface Sample {
  readonly family: Family;
  /** One bit of the mask. */
  readonly protocol: number;
  readonly source: Coordinate;
  readonly destination: Coordinate;
  readonly sourcePort: Coordinate;
  readonly destinationPort: Coordinate;
}

function isNeededFor(
  packet: Sample,
  worlds: RuleWorlds,
  rows: readonly ReachRow[],
  own: ReachRow,
  needless: ReadonlySet<SecurityRule>,
): boolean {
  let isBehind = false;
  for (const row of rows) {
    if (row === own) {
      isBehind = true;
      continue;
    }
    if (!mayMatch(packet, worlds, row) || needless.has(row.rule)) continue;
    if (!isBehind || row.rule.access === own.rule.access) return false;
    return certainlyMatches(packet, worlds, row.rule);
  }
  // What no rule matches is denied, as by Azure's own last rule.
  return own.rule.access === 'Allow';
}

function mayMatch(packet: Sample, { context }: RuleWorlds, row: ReachRow): boolean {
  const { family } = packet;
  const { ports, addresses } = context;
  return (
    protocolsMet(row, packet.protocol) &&
    holds(ports.destinations.sets[row.destinationPorts] ?? noInterval, packet.destinationPort) &&
    holds(ports.sources.sets[row.sourcePorts] ?? noInterval, packet.sourcePort) &&
    holds(addresses[family].sources.sets[row.sources[family]] ?? noInterval, packet.source) &&
    holds(
      addresses[family].destinations.sets[row.destinations[family]] ?? noInterval,
      packet.destination,
    )
  );
}

/** Of a packet that the rule may match. */
function certainlyMatches(
  { family, source, destination }: Sample,
  { bounds }: RuleWorlds,
  rule: SecurityRule,
): boolean {
  const [world] = bounds;
  if (world === undefined) return false;
  const key = family === 4 ? 'v4' : 'v6';
  return (
    holds(world.sources(rule.sources).atLeast[key], source) &&
    holds(world.destinations(rule.destinations).atLeast[key], destination)
  );
}

/** One of the points where an interval begins, or the last of the last one; undefined where none is real. */
function pointIn(set: IntervalSet, family: Family, nth: number): Coordinate | undefined {
  const intervals = set.length >>> 1;
  if (intervals === 0) return undefined;
  const at = [0, intervals - 1, intervals >>> 1, intervals >>> 2][nth % 4] ?? 0;
  const point = set[at * 2];
  return point !== undefined && point >= 0 && point < endOfFamily(family) ? point : undefined;
}

function portIn(set: IntervalSet, nth: number): Coordinate {
  const intervals = set.length >>> 1;
  if (nth % 2 === 1) return Number(set.at(-1) ?? 1) - 1;
  return set[(nth % Math.max(1, intervals)) * 2] ?? 0;
}
