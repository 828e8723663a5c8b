import { resourceId } from '../model/resource-id.ts';
import { describe, describePacket, type DescribedBox } from '../packets/describe.ts';
import type { PacketSet } from '../packets/packet-set.ts';
import { type Answer, type Decision, type RuleList, decide } from './decide.ts';
import { field, given, groupGiven, surroundingsGiven } from './given-input.ts';
import { parseAddressMatch, parsePortRange, parseProtocol } from './parse-match.ts';
import { parseAdminRules } from './parse-security-rule.ts';
import type { Protocol } from './security-rule.ts';

/** A question to one or two network security groups, as the command's flags or a batch line give it. */
export interface ExplainQuery {
  /** A network security group as Azure Resource Manager returns it. */
  readonly nsg: unknown;
  readonly nicNsg?: unknown;
  /** The response of listNetworkManagerEffectiveSecurityAdminRules, or its `value`; null: none. */
  readonly adminRules?: unknown;
  /** The whole address space of the VirtualNetwork tag; absent: the tag is unresolved. */
  readonly vnet?: readonly string[] | null;
  /** The response of the service tag list; null: no list. */
  readonly serviceTags?: unknown;
  readonly query: {
    readonly direction: string;
    readonly protocol: string;
    readonly source: string;
    readonly sourcePort?: string | number | undefined;
    readonly destination: string;
    readonly port?: string | number | undefined;
  };
}

export interface ExplainAnswer {
  readonly verdict: Answer;
  readonly decidedBy: readonly {
    readonly nsg: string;
    readonly rule: string;
    readonly access: string;
    readonly priority: number;
  }[];
  readonly witness: {
    readonly allowed: PacketText | null;
    readonly denied: PacketText | null;
  };
  readonly allowed: readonly DescribedBox[];
  readonly denied: readonly DescribedBox[];
  readonly unknown: readonly DescribedBox[];
}

type PacketText = ReturnType<typeof describePacket> & { readonly direction: string };

/**
 * What the rules make of a question: exact, with a witness for either outcome and the deciding
 * rules in the order packets meet them.
 * @throws RangeError naming the field, the value and what to write instead.
 */
export function explain(input: ExplainQuery): ExplainAnswer {
  refuseUnknownKeys(input);
  const direction = parseDirection(input.query.direction);
  const subnet = groupList(input.nsg, 'nsg');
  const node = given(input.nicNsg).map((json) => groupList(json, 'nicNsg'));
  const admin = given(input.adminRules).map(adminList);
  const groups = direction === 'Inbound' ? [subnet, ...node] : [...node, subnet];
  const protocol = field('protocol', () => parseProtocol(input.query.protocol));
  const decision = decide(
    {
      direction,
      protocols: protocol === '*' ? [] : [protocol],
      source: field('source', () => parseAddressMatch(input.query.source)),
      sourcePorts: ports('sourcePort', input.query.sourcePort),
      destination: field('destination', () => parseAddressMatch(input.query.destination)),
      destinationPorts: ports('port', askedPort(input.query.port, protocol)),
    },
    [...admin, ...groups],
    surroundingsGiven(input),
  );
  if (decision.asked.atMost.isEmpty()) {
    const { source, destination } = input.query;
    throw new RangeError(
      `source and destination: no packet goes from ${source} to ${destination}; they are of different address families`,
    );
  }
  return {
    verdict: decision.answer,
    decidedBy: decidedBy(decision),
    witness: {
      allowed: witness(decision.allowed.intersect(decision.asked.atLeast), decision, direction),
      denied: witness(decision.denied.intersect(decision.asked.atLeast), decision, direction),
    },
    allowed: describe(decision.allowed, decision.names),
    denied: describe(decision.denied, decision.names),
    unknown: describe(decision.undecided, decision.names),
  };
}

const knownKeys: readonly (readonly [place: string, keys: readonly string[]])[] = [
  ['', ['nsg', 'nicNsg', 'adminRules', 'vnet', 'serviceTags', 'query']],
  ['query.', ['direction', 'protocol', 'source', 'sourcePort', 'destination', 'port']],
];

/** A misspelt key would silently ask another question. */
function refuseUnknownKeys(input: ExplainQuery): void {
  for (const [place, known] of knownKeys) {
    for (const key of Object.keys(place === '' ? input : input.query)) {
      if (!known.includes(key)) {
        throw new RangeError(`${place}${key} is no key; write one of ${known.join(', ')}`);
      }
    }
  }
}

function askedPort(
  port: string | number | undefined,
  protocol: Protocol | '*',
): string | number | undefined {
  const isPortless = protocol === 'Icmp' || protocol === 'Esp' || protocol === 'Ah';
  if (port === undefined && !isPortless) throw new RangeError('port: absent; write any for all');
  return port;
}

function decidedBy(decision: Decision): ExplainAnswer['decidedBy'] {
  return decision.hops.flatMap(({ list, shares }) =>
    shares.map(({ rule }) => ({
      nsg: list.name,
      rule: rule.name,
      access: rule.access,
      priority: rule.priority,
    })),
  );
}

function witness(
  set: PacketSet,
  { names }: Decision,
  direction: 'Inbound' | 'Outbound',
): PacketText | null {
  const packet = set.witness();
  return packet === undefined
    ? null
    : { direction: direction.toLowerCase(), ...describePacket(packet, names) };
}

function groupList(json: unknown, name: string): RuleList {
  const group = groupGiven(json, name);
  return { kind: 'securityGroup', at: group.id, name: group.name, rules: group.rules };
}

function adminList(json: unknown): RuleList {
  return {
    kind: 'admin',
    at: resourceId('/adminRules'),
    name: 'security admin rules',
    rules: field('adminRules', () => parseAdminRules(json)),
  };
}

function ports(name: string, text: string | number | undefined) {
  if (text === undefined) return [];
  const range = field(name, () => parsePortRange(String(text)));
  return range === undefined ? [] : [range];
}

function parseDirection(text: string): 'Inbound' | 'Outbound' {
  const direction = text.trim().toLowerCase();
  if (direction === 'inbound') return 'Inbound';
  if (direction === 'outbound') return 'Outbound';
  throw new RangeError(`direction: '${text}' is no direction; write inbound or outbound`);
}
