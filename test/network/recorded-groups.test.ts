/**
 * Every network security group and every list of effective rules among the recordings: what is
 * printed of a group is what its rules are, and what Azure says is in force is what we compute.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Surroundings,
  hostAddress,
  sometimesOmittedFromInternet,
} from '../../shared/network/address-bounds.ts';
import type { Decision } from '../../shared/network/decide.ts';
import { defaultRules } from '../../shared/network/default-rules.ts';
import { diffRules } from '../../shared/network/diff-rules.ts';
import { lintRules } from '../../shared/network/lint-rules.ts';
import {
  parseNetworkSecurityGroup,
  parseSecurityRule,
} from '../../shared/network/parse-security-rule.ts';
import { parseServiceTags } from '../../shared/network/parse-service-tags.ts';
import type { SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import {
  type AddressSet,
  addressSet,
  realAddresses,
  uniteAddresses,
} from '../../shared/packets/address.ts';
import { packetsOfBox } from '../packets/box-packets.ts';
import { describe as describePackets } from '../../shared/packets/describe.ts';
import { intervals } from '../../shared/packets/interval-set.ts';
import {
  type PacketSet,
  allPorts,
  noPackets,
  packets,
  protocols,
  wideBoxes,
} from '../../shared/packets/packet-set.ts';
import { decideEverything } from './decide-everything.ts';

const folder =
  process.env['PORTCULLIS_FIXTURES'] ?? join(import.meta.dirname, '../../../shared/fixtures');
const here = existsSync(join(folder, 'pool'));
const reason = here ? '' : ' (skipped: no recordings at PORTCULLIS_FIXTURES)';

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The bodies of a kind, each with its file, lists taken apart. */
function bodies(kind: string): readonly { readonly file: string; readonly body: Json }[] {
  return readdirSync(join(folder, 'pool', kind)).flatMap((file) => {
    const envelope: unknown = JSON.parse(readFileSync(join(folder, 'pool', kind, file), 'utf8'));
    const body = isObject(envelope) && isObject(envelope['body']) ? envelope['body'] : {};
    const all = 'value' in body ? listIn(body['value']) : [body];
    return all.map((one) => ({ file, body: one }));
  });
}

const directions = ['Inbound', 'Outbound'] as const;
type Direction = (typeof directions)[number];

/** The packets of printed boxes; names are those of the decision. */
function readBack(
  boxes: ReturnType<typeof describePackets>,
  { names, asked }: Decision,
): PacketSet {
  const points = new Map<string, AddressSet>();
  for (const [at, name] of names.entries(4)) {
    points.set(name, { v4: intervals([[at, Number(at) + 1]]), v6: [] });
  }
  for (const [at, name] of names.entries(6)) {
    const v4 = points.get(name)?.v4 ?? [];
    points.set(name, { v4, v6: intervals([[at, BigInt(at) + 1n]]) });
  }
  const side = (texts: readonly string[]): AddressSet =>
    texts
      .map((text) => points.get(text) ?? addressSet([text]))
      .reduce(uniteAddresses, { v4: [], v6: [] });
  const ports = (texts: readonly string[]) =>
    intervals(
      texts.map((text) => {
        const [from = '', to = from] = text.split('-');
        return [Number(from), Number(to) + 1] as const;
      }),
    );
  return boxes
    .map((box) =>
      packets({
        protocols: protocols.filter((protocol) => box.protocols.includes(protocol)),
        sources: side(box.sources),
        sourcePorts: ports(box.sourcePorts),
        destinations: side(box.destinations),
        destinationPorts: ports(box.destinationPorts),
      }),
    )
    .reduce((all, one) => all.union(one), noPackets)
    .intersect(asked.atMost);
}

/** Each distinct set of custom rules among the recorded groups, by the file it stands in first. */
function recordedGroups(): ReadonlyMap<string, readonly SecurityRule[]> {
  const groups = new Map<string, readonly SecurityRule[]>();
  const seen = new Set<string>();
  for (const { file, body } of [...bodies('nsg'), ...bodies('list_nsg')]) {
    const properties = isObject(body['properties']) ? body['properties'] : body;
    if (!Array.isArray(properties['securityRules'])) continue;
    const { rules } = parseNetworkSecurityGroup(body, 'kept');
    const content = JSON.stringify(rules);
    if (seen.has(content)) continue;
    seen.add(content);
    groups.set(`${file}#${seen.size}`, rules);
  }
  return groups;
}

const network = uniteAddresses(addressSet(['10.0.0.0/16']), hostAddress);
const unlisted: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: network, atMost: network },
};

describe.runIf(here)('recorded groups', () => {
  const groups = here ? recordedGroups() : new Map<string, readonly SecurityRule[]>();

  test('are many', () => {
    expect(groups.size).toBeGreaterThan(50);
  });

  test.each(['without', 'with'])('%s a service tag list are what is printed of them', (list) => {
    const tags: unknown = JSON.parse(readFileSync(join(folder, 'service-tags.json'), 'utf8'));
    const surroundings =
      list === 'with' ? { ...unlisted, serviceTags: parseServiceTags(tags) } : unlisted;
    for (const [file, rules] of groups) {
      for (const direction of directions) {
        const decision = decideEverything(rules, direction, surroundings);
        for (const part of ['allowed', 'denied', 'undecided'] as const) {
          const set = decision[part];
          const printed = readBack(describePackets(set, decision.names), decision);
          expect({ file, direction, part, same: printed.equals(set) }).toEqual({
            file,
            direction,
            part,
            same: true,
          });
        }
      }
    }
  });

  test('are the wide boxes that people read', () => {
    for (const [file, rules] of groups) {
      for (const direction of directions) {
        const { allowed } = decideEverything(rules, direction, unlisted);
        const boxes = wideBoxes(allowed);
        const read = boxes.map(packetsOfBox).reduce((all, one) => all.union(one), noPackets);
        expect({ file, same: read.equals(allowed) }).toEqual({ file, same: true });
      }
    }
  });

  test('differ from themselves in nothing, and from themselves without what lint calls needless', () => {
    for (const [file, rules] of groups) {
      const needless = new Set(
        lintRules(rules, unlisted)
          .filter(({ kind }) => kind === 'shadowed' || kind === 'redundant')
          .map(({ rule }) => rule),
      );
      const shuffled = rules.toReversed();
      const left = rules.filter((rule) => !needless.has(rule));
      for (const direction of directions) {
        for (const other of [shuffled, left]) {
          const { newlyAllowed, newlyDenied } = diffRules(rules, other, direction, unlisted);
          const changes = [newlyAllowed, newlyDenied].flatMap((one) => [one.certain, one.perhaps]);
          expect({ file, same: changes.every((change) => change.isEmpty()) }).toEqual({
            file,
            same: true,
          });
        }
      }
    }
  });
});
describe.skipIf(here)(`recorded groups${reason}`, () => {
  test('are not here', () => {
    expect(here).toBe(false);
  });
});

/** Effective rules print any address as this, twice where the network has IPv6. */
const ipv4: PacketSet = packets({
  protocols,
  sources: { ...realAddresses, v6: [] },
  sourcePorts: allPorts,
  destinations: { ...realAddresses, v6: [] },
  destinationPorts: allPorts,
});

function to(destinations: AddressSet): PacketSet {
  return packets({
    protocols,
    sources: realAddresses,
    sourcePorts: allPorts,
    destinations,
    destinationPorts: allPorts,
  });
}

/** Where what is in force may differ from what we are certain of, and why that is right. */
const explained = [
  {
    because:
      'the expansion of Internet holds the host address, which is in VirtualNetwork too; rules without a platform tag do not reach it anyway',
    differs: 'certain',
    packets: to(hostAddress),
  },
  {
    because: 'Azure counts some public blocks to the Internet tag in some answers only',
    differs: 'undecided',
    packets: to(sometimesOmittedFromInternet),
  },
] as const;

/** The packets of which no reason says why they may differ. */
function unexplained(set: PacketSet, differs: (typeof explained)[number]['differs']) {
  const left = explained
    .filter((one) => one.differs === differs)
    .reduce((rest, one) => rest.subtract(one.packets), set.intersect(ipv4));
  return describePackets(left);
}

interface Effective {
  readonly name: string;
  readonly rules: readonly Json[];
}

/** Recorded lists of effective rules; documentation examples leave rules out, and one is empty. */
function effectiveRules(): readonly Effective[] {
  return bodies('effective_nsg').flatMap(({ file, body }, index) => {
    const rules = listIn(body['effectiveSecurityRules']);
    const isExample = file.startsWith('swathipil_azure-rest-api-specs');
    return rules.length === 0 || isExample ? [] : [{ name: `${file}#${index}`, rules }];
  });
}

function textsIn(rule: Json, ...keys: readonly string[]): readonly string[] {
  for (const key of keys) {
    const value = rule[key];
    if (typeof value === 'string' && value !== '') return [value];
    if (Array.isArray(value) && value.length > 0) return value.map(String);
  }
  return [];
}

/** The rule with its tags replaced by what Azure says they hold here. */
function expanded(rule: Json): SecurityRule {
  return parseSecurityRule({
    ...rule,
    sourceAddressPrefix: null,
    destinationAddressPrefix: null,
    sourceAddressPrefixes: textsIn(
      rule,
      'expandedSourceAddressPrefix',
      'sourceAddressPrefixes',
      'sourceAddressPrefix',
    ),
    destinationAddressPrefixes: textsIn(
      rule,
      'expandedDestinationAddressPrefix',
      'destinationAddressPrefixes',
      'destinationAddressPrefix',
    ),
  });
}

/** What Azure says the virtual network is. */
function networkOf(rules: readonly Json[]): AddressSet {
  const named = rules.find((rule) =>
    textsIn(rule, 'sourceAddressPrefix').includes('VirtualNetwork'),
  );
  return addressSet(named === undefined ? [] : textsIn(named, 'expandedSourceAddressPrefix'));
}

function customOf(rules: readonly Json[]): readonly SecurityRule[] {
  return rules
    .filter((rule) => textsIn(rule, 'name').some((name) => name.startsWith('securityRules/')))
    .map((rule) => parseSecurityRule(rule));
}

/** What we make of the custom rules and ours of Azure's, and what the printed prefixes say by themselves. */
function bothViews(rules: readonly Json[], direction: Direction) {
  const space = networkOf(rules);
  const surroundings: Surroundings = {
    serviceTags: noServiceTags,
    virtualNetwork: { atLeast: space, atMost: space },
  };
  return [
    decideEverything([...customOf(rules), ...defaultRules], direction, surroundings),
    decideEverything(rules.map(expanded), direction, surroundings),
  ] as const;
}

describe.runIf(here)('recorded effective rules', () => {
  const lists = here ? effectiveRules() : [];

  test('are several', () => {
    expect(lists.length).toBeGreaterThan(6);
  });

  test.each(lists)(
    '$name are what we compute from the custom and our default rules',
    ({ rules }) => {
      expect(customOf(rules).length).toBe(rules.length - defaultRules.length);
      for (const direction of directions) {
        const [ours, theirs] = bothViews(rules, direction);
        expect(theirs.undecided.isEmpty()).toBe(true);
        expect(unexplained(ours.allowed.intersect(theirs.denied), 'certain')).toEqual([]);
        expect(unexplained(ours.denied.intersect(theirs.allowed), 'certain')).toEqual([]);
        expect(unexplained(ours.undecided, 'undecided')).toEqual([]);
      }
    },
  );

  test.each(explained)('differ where they are said to: $because', ({ differs, packets: where }) => {
    const differing = lists.filter(({ rules }) => {
      const [ours, theirs] = bothViews(rules, 'Outbound');
      const found =
        differs === 'undecided' ? ours.undecided : ours.denied.intersect(theirs.allowed);
      return !found.intersect(where).isEmpty();
    });
    expect(differing).not.toEqual([]);
  });
});
