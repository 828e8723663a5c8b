import {
  type AddressSet,
  allAddresses,
  isAddressSubset,
  noAddresses,
  subtractAddresses,
} from '../packets/address.ts';
import { portTexts } from '../packets/describe.ts';
import {
  type IntervalSet,
  holds,
  intervals,
  noInterval,
  pairsOf,
  unionOf,
} from '../packets/interval-set.ts';
import { type PacketSet, allPorts, hasPorts, packets, protocols } from '../packets/packet-set.ts';
import { publicAddresses, sometimesOmittedFromInternet } from './address-bounds.ts';
import { type LintFinding, exampleOf, listed, sentence, takenExample } from './lint-finding.ts';
import { portSet } from './rule-packets.ts';
import { certainShare, shareBehind, sharesInTurn } from './rule-share.ts';
import type { RuleWorlds } from './rule-worlds.ts';
import type { PortRange, SecurityRule } from './security-rule.ts';

/** The listed ports of the rule that earlier rules take whole, if there are any. */
export function unreachablePorts(
  rule: SecurityRule,
  earlier: readonly SecurityRule[],
  worlds: RuleWorlds,
): readonly LintFinding[] {
  let candidates = segmentsOf(rule, earlier).map(({ from, to }) => ({
    from,
    to,
    packets: withPorts([from, to + 1]),
  }));
  for (const share of sharesInTurn(rule, earlier, worlds)) {
    candidates = candidates.filter(({ packets: there }) => share.intersect(there).isEmpty());
    if (candidates.length === 0) return [];
  }
  const { takers } = shareBehind(rule, earlier, worlds);
  const by = new Set<SecurityRule>();
  const unreached: [number, number][] = [];
  let example: string | undefined;
  for (const { from, to, packets: there } of candidates) {
    const taking = takers
      .map(({ rule: taker, taken }) => ({ taker, taken: taken.intersect(there) }))
      .filter(({ taken }) => !taken.isEmpty());
    if (taking.length === 0) continue;
    unreached.push([from, to + 1]);
    for (const { taker, taken } of taking) {
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
function segmentsOf(rule: SecurityRule, earlier: readonly SecurityRule[]): readonly PortRange[] {
  if (rule.destinationPorts.length === 0) return [];
  const own = portSet(rule.destinationPorts);
  const cuts = earlier.flatMap((one) => portSet(one.destinationPorts)).map(Number);
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

/** Every public IPv4 address, but for blocks that Azure does not always count to the Internet. */
const everyone: AddressSet = {
  v4: subtractAddresses(publicAddresses, sometimesOmittedFromInternet).v4,
  v6: noAddresses.v6,
};

/**
 * An inbound Allow that lets every public address reach what few should; in worlds where public
 * addresses are not the virtual network's own.
 */
export function broad(
  rule: SecurityRule,
  earlier: readonly SecurityRule[],
  worlds: RuleWorlds,
): readonly LintFinding[] {
  if (rule.direction !== 'Inbound' || rule.access !== 'Allow') return [];
  if (!isAddressSubset(everyone, worlds.certainSources(rule))) return [];
  const { takers } = shareBehind(rule, earlier, worlds);
  const admitted = certainShare(rule, earlier, worlds).intersect(withPorts(allPorts, everyone));
  const ports = admitted
    .boxes()
    .map((box) => box.destinationPorts)
    .reduce(unionOf, noInterval);
  const count = [...pairsOf(ports)].reduce((sum, [from, to]) => sum + Number(to) - Number(from), 0);
  const open = [...administration].filter(([port]) => holds(ports, port));
  const names = open.map(([port, name]) => `${port} (${name})`).join(', ');
  if (names === '' && count <= manyPorts) return [];
  const [first] = open;
  const shown = first === undefined ? ports : [first[0], first[0] + 1];
  const among = names === '' ? '' : `, among them ${names}`;
  const denied = takers.map((taker) => taker.rule).filter(({ access }) => access === 'Deny');
  const less = denied.length === 0 ? '' : `, less what ${listed(denied)} denies first`;
  const line = exampleOf(admitted.intersect(withPorts(shown)), worlds);
  return [
    {
      rule,
      kind: 'broad',
      by: [],
      says: sentence([
        `Open to the whole Internet: ${count > manyPorts ? `${count === 65_536 ? 'every port' : `${count} ports`}${among}` : `port ${names}`}${less}`,
        line === undefined ? undefined : `for instance ${line}`,
      ]),
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
