import { type AddressSet, allAddresses, isAddressSubset } from '../packets/address.ts';
import { portTexts } from '../packets/describe.ts';
import {
  type IntervalSet,
  holds,
  intersectionOf,
  intervals,
  pairsOf,
} from '../packets/interval-set.ts';
import { type PacketSet, allPorts, hasPorts, packets, protocols } from '../packets/packet-set.ts';
import { publicAddresses } from './address-bounds.ts';
import { type LintFinding, exampleOf, listed, sentence, takenExample } from './lint-finding.ts';
import { portSet } from './rule-packets.ts';
import type { ShareBehind } from './rule-share.ts';
import type { RuleWorlds } from './rule-worlds.ts';
import type { PortRange, SecurityRule } from './security-rule.ts';

/** The listed ports of the rule that earlier rules take whole, if there are any. */
export function unreachablePorts(
  rule: SecurityRule,
  share: ShareBehind,
  worlds: RuleWorlds,
): readonly LintFinding[] {
  if (rule.destinationPorts.length === 0) return [];
  const { takers } = share;
  const by = new Set<SecurityRule>();
  const unreached: [number, number][] = [];
  let example: string | undefined;
  for (const { from, to } of segmentsOf(rule, takers)) {
    const there = withPorts([from, to + 1]);
    if (!share.possible.intersect(there).isEmpty()) continue;
    const taking = takers.map(({ rule: taker, taken }) => ({
      taker,
      taken: taken.intersect(there),
    }));
    if (taking.every(({ taken }) => taken.isEmpty())) continue;
    unreached.push([from, to + 1]);
    for (const { taker, taken } of taking) {
      if (taken.isEmpty()) continue;
      by.add(taker);
      example ??= takenExample(taker, taken, worlds);
    }
  }
  if (unreached.length === 0) return [];
  const all = [...by].toSorted((a, b) => a.priority - b.priority);
  const ports = portTexts(intervals(unreached));
  const verb = all.length === 1 ? 'matches' : 'match';
  return [
    {
      rule,
      kind: 'unreachable-port',
      by: all,
      says: sentence([
        `Its ${ports.length === 1 && /^\d+$/.test(ports.join()) ? 'port' : 'ports'} ${ports.join(', ')} can never be reached: ${listed(all)} ${verb} every packet to ${ports.length === 1 ? 'it' : 'them'} first`,
        example,
      ]),
    },
  ];
}

/** The ports of the rule, cut wherever an earlier rule begins or ends. */
function segmentsOf(rule: SecurityRule, takers: ShareBehind['takers']): readonly PortRange[] {
  const own = portSet(rule.destinationPorts);
  const cuts = takers.flatMap((taker) => portSet(taker.rule.destinationPorts)).map(Number);
  return [...pairsOf(own)].flatMap(([from, end]) => {
    const inside = cuts.filter((cut) => cut > Number(from) && cut < Number(end));
    const all = [...new Set([Number(from), ...inside, Number(end)])].toSorted((a, b) => a - b);
    return all.slice(1).map((next, index) => ({ from: all[index] ?? next, to: next - 1 }));
  });
}

/** Ports over which machines are administered. */
const administration: ReadonlyMap<number, string> = new Map([
  [22, 'SSH'],
  [3389, 'RDP'],
  [5985, 'WinRM'],
  [5986, 'WinRM'],
]);
const manyPorts = 1024;

/** What everybody on the Internet sends, as a rule would match it. */
export const internet: SecurityRule = {
  name: 'the Internet',
  priority: 0,
  direction: 'Inbound',
  access: 'Allow',
  protocol: '*',
  sources: [{ kind: 'serviceTag', name: 'Internet' }],
  sourcePorts: [],
  destinations: [{ kind: 'any' }],
  destinationPorts: [],
};

/** An inbound Allow that lets every public address reach what few should. */
export function broad(
  rule: SecurityRule,
  { certain }: ShareBehind,
  worlds: RuleWorlds,
): readonly LintFinding[] {
  if (rule.direction !== 'Inbound' || rule.access !== 'Allow') return [];
  const everyone = worlds.certainSources(internet);
  const publicV4 = intersectionOf(everyone.v4, publicAddresses.v4);
  if (!isAddressSubset({ v4: publicV4, v6: [] }, worlds.certainSources(rule))) return [];
  const admitted = (ports: IntervalSet): PacketSet =>
    certain.intersect(withPorts(ports, { v4: publicV4, v6: [] }));
  const ports = portSet(rule.destinationPorts);
  const count = [...pairsOf(ports)].reduce((sum, [from, to]) => sum + Number(to) - Number(from), 0);
  const open = [...administration].filter(
    ([port]) => holds(ports, port) && !admitted([port, port + 1]).isEmpty(),
  );
  const names = [...new Set(open.map(([port, name]) => `${port} (${name})`))];
  const what =
    count > manyPorts
      ? `${count === 65_536 ? 'every port' : `${count} ports`}${names.length === 0 ? '' : `, among them ${names.join(', ')}`}`
      : `port ${names.join(', ')}`;
  const shown = admitted(open[0] === undefined ? ports : [open[0][0], open[0][0] + 1]);
  const line = exampleOf(shown, worlds);
  if (line === undefined || (count <= manyPorts && names.length === 0)) return [];
  return [
    {
      rule,
      kind: 'broad',
      by: [],
      says: sentence([`Lets every public address reach ${what}`, `for instance ${line}`]),
    },
  ];
}

/** Every packet to these ports. */
function withPorts(destinationPorts: IntervalSet, sources: AddressSet = allAddresses): PacketSet {
  return packets({
    protocols: protocols.filter((protocol) => hasPorts(protocol)),
    sources,
    sourcePorts: allPorts,
    destinations: allAddresses,
    destinationPorts,
  });
}
