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
  areDisjoint,
  differenceOf,
  holds,
  isEmptySet,
  pairsOf,
} from '../packets/interval-set.ts';
import {
  type PacketSet,
  allPorts,
  destinationPortsOf,
  noPackets,
  packets,
  protocols,
} from '../packets/packet-set.ts';
import { publicAddresses, sometimesOmittedFromInternet } from './address-bounds.ts';
import { type LintFinding, exampleOf, listed, sentence, takenExample } from './lint-finding.ts';
import { portSet } from './rule-packets.ts';
import { type BoxedRule, certainShare, sharesInTurn, takersOf } from './rule-share.ts';
import type { RuleWorlds } from './rule-worlds.ts';
import type { PortRange, SecurityRule } from './security-rule.ts';

/** The listed ports of the rule that earlier rules take whole, if there are any. */
export function unreachablePorts(boxed: BoxedRule): readonly LintFinding[] {
  const { rule, earlier } = boxed;
  if (rule.destinationPorts.length === 0) return [];
  let missed = portSet(rule.destinationPorts);
  for (const share of sharesInTurn(boxed)) {
    missed = differenceOf(missed, destinationPortsOf(share));
    if (isEmptySet(missed)) return [];
  }
  const takers = takersOf(boxed).filter(
    ({ taken }) => !areDisjoint(destinationPortsOf(taken), missed),
  );
  const segments = segmentsOf(rule, earlier).filter(({ from }) => holds(missed, from));
  const there = segments.map(({ from, to }) => withPorts([from, to + 1]));
  const example = takenExample(
    takers,
    boxed,
    (taken) => there.map((one) => taken.intersect(one)).find((one) => !one.isEmpty()) ?? noPackets,
  );
  const by = takers.map((taker) => taker.rule);
  const ports = portTexts(missed);
  const verb = by.length === 1 ? 'matches' : 'match';
  const [noun, pronoun] = /^\d+$/.test(ports.join()) ? ['port', 'it'] : ['ports', 'them'];
  return [
    {
      rule,
      kind: 'unreachable-port',
      by,
      says: sentence([
        `Its ${noun} ${ports.join(', ')} can never be reached: ${listed(by)} ${verb} every packet to ${pronoun} first`,
        example,
      ]),
    },
  ];
}

/** Ports in a row, cut wherever the rule or an earlier one begins or ends. */
function segmentsOf(rule: SecurityRule, earlier: readonly SecurityRule[]): readonly PortRange[] {
  const cuts = [rule, ...earlier].flatMap((one) => portSet(one.destinationPorts)).map(Number);
  const all = [...new Set(cuts)].toSorted((a, b) => a - b);
  return all.slice(1).map((next, index) => ({ from: all[index] ?? next, to: next - 1 }));
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

/** Whether the rule lets every public address in, as far as nothing is denied before. */
export function admitsEveryone(rule: SecurityRule, worlds: RuleWorlds): boolean {
  return (
    rule.direction === 'Inbound' &&
    rule.access === 'Allow' &&
    isAddressSubset(everyone, worlds.certainSources(rule))
  );
}

/**
 * An inbound Allow that lets every public address reach what few should; in worlds where public
 * addresses are not the virtual network's own.
 */
export function broad(boxed: BoxedRule): readonly LintFinding[] {
  const { rule } = boxed;
  const takers = takersOf(boxed);
  const admitted = certainShare(boxed).intersect(withPorts(allPorts, everyone));
  const ports = destinationPortsOf(admitted);
  const count = [...pairsOf(ports)].reduce((sum, [from, to]) => sum + Number(to) - Number(from), 0);
  const open = [...administration].filter(([port]) => holds(ports, port));
  const names = open.map(([port, name]) => `${port} (${name})`).join(', ');
  if (names === '' && count <= manyPorts) return [];
  const [first] = open;
  const shown = first === undefined ? ports : [first[0], first[0] + 1];
  const among = names === '' ? '' : `, among them ${names}`;
  const denied = takers.map((taker) => taker.rule).filter(({ access }) => access === 'Deny');
  const less = denied.length === 0 ? '' : `, less what ${listed(denied)} denies first`;
  const line = exampleOf(admitted.intersect(withPorts(shown)), boxed);
  return [
    {
      rule,
      kind: 'broad',
      by: [],
      says: sentence([
        `Open to the whole Internet: ${count > manyPorts ? `${count === 65_536 ? 'every port' : `${count} ports`}${among}` : `${open.length === 1 ? 'port' : 'ports'} ${names}`}${less}`,
        line === undefined ? undefined : `for instance ${line}`,
      ]),
    },
  ];
}

/** Every packet to these ports, and those that have none. */
function withPorts(destinationPorts: IntervalSet, sources: AddressSet = allAddresses): PacketSet {
  return packets({
    protocols,
    sources,
    sourcePorts: allPorts,
    destinations: allAddresses,
    destinationPorts,
  });
}
