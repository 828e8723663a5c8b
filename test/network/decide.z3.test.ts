// Z3 decides the same questions from the rules' JSON; verdicts, witnesses and sets have to agree.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { resourceId } from '../../shared/model/resource-id.ts';
import type { Surroundings } from '../../shared/network/address-bounds.ts';
import { type Question, type RuleList, decide } from '../../shared/network/decide.ts';
import { diffRules } from '../../shared/network/diff-rules.ts';
import { parseAddressMatch, parsePortRange } from '../../shared/network/parse-match.ts';
import {
  parseAdminRules,
  parseNetworkSecurityGroup,
} from '../../shared/network/parse-security-rule.ts';
import { serviceTags } from '../../shared/network/service-tags.ts';
import { addressSet } from '../../shared/packets/address.ts';
import { type Protocol, protocols } from '../../shared/packets/packet-set.ts';
import {
  type WrittenAdminRule,
  type WrittenQuestion,
  type WrittenRule,
  type WrittenWorld,
  isAsked,
  isInBoxes,
  isLetThrough,
  isPacket,
  or,
  uncertainBlocks,
  withRuleSolver,
} from './z3-rules.ts';

const isDeep = import.meta.env.MODE === 'deep';
const cases = isDeep ? 3000 : 300;
const openCases = isDeep ? 2000 : 200;

/** Shrinking asks Z3 again and again: a failure is shown as small as it got by then. */
const limits = {
  interruptAfterTimeLimit: isDeep ? 3_300_000 : 600_000,
  markInterruptAsFailure: true,
};

type Family = 'v4' | 'v6';

/** Whether everything that rules name is resolved. */
type Knowledge = 'certain' | 'open';

const tagPrefixes: Readonly<Record<string, readonly string[]>> = {
  AzureCloud: ['20.38.0.0/16', '40.70.0.0/15', '52.239.140.0/22', '2603:1020:206::/47'],
  Storage: ['20.38.108.0/23', '52.239.140.0/22', '2603:1020:206:1::/64'],
  'Storage.WestEurope': ['20.38.108.0/24', '2603:1020:206:1::100/120'],
  AzureContainerRegistry: ['40.70.8.0/25', '40.70.9.17/32', '2603:1020:206:b::400/122'],
};

const world: WrittenWorld = {
  virtualNetwork: ['10.0.0.0/16', '172.20.4.0/22', '168.63.129.16/32', 'fd00:db8:cafe::/48'],
  tags: new Map(
    Object.entries(tagPrefixes).map(([name, prefixes]) => [name.toLowerCase(), prefixes]),
  ),
};

const space = addressSet(world.virtualNetwork);
const surroundings: Surroundings = {
  virtualNetwork: { atLeast: space, atMost: space },
  serviceTags: serviceTags(
    Object.entries(tagPrefixes).map(([name, addressPrefixes]) => ({ name, addressPrefixes })),
  ),
};
const except = addressSet(uncertainBlocks);

/** A gateway may bring in more than the address space; who is in an application security group is not known. */
const openWorld: WrittenWorld = {
  ...world,
  perhapsVirtualNetwork: ['10.1.0.0/16', '192.168.0.0/16', '93.184.216.0/24', '2a00:1450::/32'],
};
const openSurroundings: Surroundings = {
  ...surroundings,
  virtualNetwork: {
    atLeast: space,
    atMost: addressSet([...world.virtualNetwork, ...(openWorld.perhapsVirtualNetwork ?? [])]),
  },
};
const membersOfGroup = 'members of the application security group';

/** Where prefixes gather, so that rules overlap: networks, tags, special use, both ends of the line. */
const anchors: Readonly<Record<Family, readonly string[]>> = {
  v4: [
    '10.0.0.4',
    '10.0.1.128',
    '10.1.0.0',
    '172.20.5.9',
    '192.168.1.1',
    '20.38.108.7',
    '40.70.8.127',
    '52.239.143.255',
    '168.63.129.16',
    '93.184.216.34',
    '0.0.0.0',
    '255.255.255.255',
  ],
  v6: [
    'fd00:db8:cafe::4',
    'fd00:db8:cafe:1::',
    'fd00:db8:cafe:ffff:ffff:ffff:ffff:ffff',
    '2603:1020:206:1::1ff',
    '2603:1020:206:b::400',
    '2a00:1450:4001::200e',
    '2001:db8::1',
    'fe80::1234:5678:9abc',
    '::',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ],
};

/** Anchors inside the uncertain blocks, of which only the open cases speak. */
const uncertainAnchors = ['20.128.3.4', '25.255.255.255', '13.103.0.0'];

/** Ranges as the portal takes them, few of them whole prefixes. */
const ranges: Readonly<Record<Family, readonly string[]>> = {
  v4: [
    '10.0.0.4-10.0.0.9',
    '10.0.0.0-10.0.1.127',
    '20.38.108.7-20.38.110.0',
    '0.0.0.0-9.255.255.255',
    '40.70.8.127-255.255.255.255',
    '168.63.129.15-168.63.129.17',
  ],
  v6: [
    'fd00:db8:cafe::4-fd00:db8:cafe::1:0',
    '2603:1020:206:1::1ff-2603:1020:206:b::400',
    '::-2000::',
    '2a00::1-ffff::',
  ],
};

function prefixesOf(family: Family, knowledge: Knowledge): fc.Arbitrary<string> {
  const width = family === 'v4' ? 32 : 128;
  const uncertain = knowledge === 'open' && family === 'v4' ? uncertainAnchors : [];
  const anchor = fc.constantFrom(...anchors[family], ...uncertain);
  const lengths = fc.oneof(
    { arbitrary: fc.integer({ min: width / 4, max: width }), weight: 3 },
    { arbitrary: fc.integer({ min: 0, max: width }), weight: 1 },
  );
  return fc.oneof(
    { arbitrary: fc.tuple(anchor, lengths).map(([at, length]) => `${at}/${length}`), weight: 5 },
    { arbitrary: anchor, weight: 1 },
    { arbitrary: fc.constantFrom(...ranges[family]), weight: 2 },
  );
}

const names = fc.constantFrom(
  'VirtualNetwork',
  'VirtualNetwork',
  'Internet',
  'Internet',
  'AzureLoadBalancer',
  ...Object.keys(tagPrefixes),
);

/** One side of a rule: everything, one tag, a group, or up to four prefixes of one family. */
function sidesOf(family: Family, knowledge: Knowledge): fc.Arbitrary<readonly string[]> {
  return fc.oneof(
    { arbitrary: fc.constant(['*']), weight: 2 },
    { arbitrary: names.map((name) => [name]), weight: 3 },
    { arbitrary: fc.constant([membersOfGroup]), weight: knowledge === 'open' ? 2 : 0 },
    {
      arbitrary: fc.array(prefixesOf(family, knowledge), { minLength: 1, maxLength: 4 }),
      weight: 5,
    },
  );
}

const portRange = fc.oneof(
  fc.constantFrom('443', '80', '22', '0', '65535', '0-1023', '80-443', '1024-65535', '30000-32767'),
  fc.tuple(fc.nat(65_535), fc.nat(65_535)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
);
const portRanges = fc.oneof(
  { arbitrary: fc.constantFrom(['*'], ['0-65535']), weight: 3 },
  { arbitrary: fc.array(portRange, { minLength: 1, maxLength: 3 }), weight: 3 },
);
const clientPorts = fc.oneof(
  { arbitrary: fc.constant(['*']), weight: 5 },
  { arbitrary: fc.array(portRange, { minLength: 1, maxLength: 2 }), weight: 1 },
);

const writtenProtocol = fc.oneof(
  { arbitrary: fc.constantFrom('*', 'Tcp'), weight: 3 },
  { arbitrary: fc.constantFrom(...protocols, 'TCP', 'icmp'), weight: 2 },
);

type Direction = 'Inbound' | 'Outbound';

function partsOf(family: Family, direction: Direction, knowledge: Knowledge) {
  const other = direction === 'Inbound' ? 'Outbound' : 'Inbound';
  return {
    direction: fc.oneof(
      { arbitrary: fc.constant(direction), weight: 5 },
      { arbitrary: fc.constant<Direction>(other), weight: 1 },
    ),
    protocol: writtenProtocol,
    sources: sidesOf(family, knowledge),
    sourcePorts: clientPorts,
    destinations: sidesOf(family, knowledge),
    destinationPorts: portRanges,
  };
}

/** Lists as Azure gives them: in no order, their priorities distinct. */
function listsOf<T>(parts: fc.Arbitrary<T>): fc.Arbitrary<readonly (T & { priority: number })[]> {
  return fc.uniqueArray(
    fc.tuple(parts, fc.integer({ min: 100, max: 4096 })).map(([rule, priority]) => ({
      ...rule,
      priority,
    })),
    { minLength: 3, maxLength: 12, selector: ({ priority }) => priority },
  );
}

function groupsOf(
  family: Family,
  direction: Direction,
  knowledge: Knowledge,
): fc.Arbitrary<readonly WrittenRule[]> {
  const rule = fc.record({
    ...partsOf(family, direction, knowledge),
    access: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
  });
  return listsOf(rule).map((list) =>
    list.map(({ sources, sourcePorts, destinations, destinationPorts, ...rest }) => ({
      name: `rule-${rest.priority}`,
      properties: {
        ...rest,
        ...(sources.includes(membersOfGroup)
          ? { sourceApplicationSecurityGroups: [{ id: '/asg' }] }
          : { sourceAddressPrefixes: sources }),
        sourcePortRanges: sourcePorts,
        ...(destinations.includes(membersOfGroup)
          ? { destinationApplicationSecurityGroups: [{ id: '/asg' }] }
          : { destinationAddressPrefixes: destinations }),
        destinationPortRanges: destinationPorts,
      },
    })),
  );
}

function adminListsOf(
  family: Family,
  direction: Direction,
): fc.Arbitrary<readonly WrittenAdminRule[]> {
  const rule = fc.record({
    ...partsOf(family, direction, 'certain'),
    access: fc.constantFrom('Allow' as const, 'AlwaysAllow' as const, 'Deny' as const),
  });
  const written = (sides: readonly string[]) =>
    sides.map((addressPrefix) => ({
      addressPrefix,
      addressPrefixType: /\d/.test(addressPrefix) ? ('IPPrefix' as const) : ('ServiceTag' as const),
    }));
  return listsOf(rule).map((list) =>
    list.map(({ sources, sourcePorts, destinations, destinationPorts, ...rest }) => ({
      name: `admin-${rest.priority}`,
      properties: {
        ...rest,
        sources: written(sources),
        sourcePortRanges: sourcePorts,
        destinations: written(destinations),
        destinationPortRanges: destinationPorts,
      },
    })),
  );
}

function questionsOf(
  family: Family,
  direction: Direction,
  knowledge: Knowledge,
): fc.Arbitrary<WrittenQuestion> {
  const side = fc.oneof(
    { arbitrary: fc.constant('*'), weight: 1 },
    { arbitrary: names, weight: 2 },
    { arbitrary: prefixesOf(family, knowledge), weight: 5 },
  );
  return fc.record({
    direction: fc.constant(direction),
    protocols: fc.oneof(
      fc.constantFrom<string[]>([], ['Tcp']),
      fc.uniqueArray(fc.constantFrom(...protocols), { minLength: 1, maxLength: 2 }),
    ),
    source: side,
    sourcePorts: clientPorts,
    destination: side,
    destinationPorts: portRanges,
  });
}

interface Case {
  readonly family: Family;
  readonly question: WrittenQuestion;
  readonly admin: readonly WrittenAdminRule[];
  readonly groups: readonly (readonly WrittenRule[])[];
}

function casesOf(family: Family, direction: Direction, knowledge: Knowledge): fc.Arbitrary<Case> {
  const group = groupsOf(family, direction, knowledge);
  return fc.record({
    family: fc.constant(family),
    question: questionsOf(family, direction, knowledge),
    admin: fc.oneof(
      { arbitrary: adminListsOf(family, direction), weight: 3 },
      { arbitrary: fc.constant([]), weight: 1 },
    ),
    groups: fc.tuple(group, group),
  });
}

function anyCase(knowledge: Knowledge): fc.Arbitrary<Case> {
  return fc.oneof(
    casesOf('v4', 'Inbound', knowledge),
    casesOf('v4', 'Outbound', knowledge),
    casesOf('v6', 'Inbound', knowledge),
    casesOf('v6', 'Outbound', knowledge),
  );
}

function chainOf({ admin, groups }: Case): readonly RuleList[] {
  const [subnet, node] = groups.map((securityRules, index): RuleList => {
    const id = `/nsg${index}`;
    const group = parseNetworkSecurityGroup({ id, properties: { securityRules } });
    return { kind: 'securityGroup', at: group.id, name: group.name, rules: group.rules };
  });
  if (subnet === undefined || node === undefined) throw new RangeError('a chain has two groups');
  const rules = parseAdminRules({ value: admin });
  return [{ kind: 'admin', at: resourceId('/admin'), name: 'admin', rules }, subnet, node];
}

function questionOf(question: WrittenQuestion, knowledge: Knowledge): Question {
  const ports = (written: readonly string[]) =>
    written.flatMap((range) => parsePortRange(range) ?? []);
  return {
    direction: question.direction,
    protocols: protocols.filter((protocol): protocol is Protocol =>
      question.protocols.includes(protocol),
    ),
    source: parseAddressMatch(question.source),
    sourcePorts: ports(question.sourcePorts),
    destination: parseAddressMatch(question.destination),
    ...(knowledge === 'certain' && { sourceExcept: except, destinationExcept: except }),
    destinationPorts: ports(question.destinationPorts),
  };
}

test('verdicts, witnesses and sets of whole chains agree with Z3', { timeout: 3_600_000 }, () =>
  withRuleSolver(async (z3) => {
    const seen = new Map<string, number>();
    const count = (what: string): void => {
      seen.set(what, (seen.get(what) ?? 0) + 1);
    };
    await fc.assert(
      fc.asyncProperty(anyCase('certain'), async (one) => {
        const { family, question, admin, groups } = one;
        const decision = decide(questionOf(question, 'certain'), chainOf(one), surroundings);
        const [allowed, denied] = [decision.allowed.witness(), decision.denied.witness()];
        await z3.pose(
          {
            asked: isAsked(question, world),
            'let-through': isLetThrough(question.direction, admin, groups, world),
            'in-allowed': isInBoxes(decision.allowed.boxes()),
            'in-denied': isInBoxes(decision.denied.boxes()),
            differs:
              '(or (xor in-allowed (and asked let-through)) (xor in-denied (and asked (not let-through))))',
            'allowed-witness': allowed === undefined ? 'false' : isPacket(allowed),
            'denied-witness': denied === undefined ? 'false' : isPacket(denied),
          },
          async (problem) => {
            const allows = await problem.hasPacket({ asked: true, 'let-through': true });
            const denies = await problem.hasPacket({ asked: true, 'let-through': false });
            const verdict = allows ? (denies ? 'partial' : 'allowed') : 'denied';
            expect(decision.answer).toBe(verdict);
            expect(decision.undecided.isEmpty()).toBe(true);

            expect(allowed !== undefined).toBe(allows);
            expect(denied !== undefined).toBe(denies);
            const isWitness = (name: string, letThrough: boolean): Promise<boolean> =>
              problem.hasPacket({ [name]: true, asked: true, 'let-through': letThrough });
            expect(await isWitness('allowed-witness', true)).toBe(allows);
            expect(await isWitness('denied-witness', false)).toBe(denies);

            expect(await problem.hasPacket({ differs: true })).toBe(false);
            count(`${family} ${verdict}`);
          },
        );
      }),
      { ...limits, numRuns: cases },
    );
    // An oracle that only ever sees one answer proves nothing.
    for (const family of ['v4', 'v6']) {
      for (const verdict of ['allowed', 'denied', 'partial']) {
        expect(seen.get(`${family} ${verdict}`), `${family} ${verdict}`).toBeGreaterThan(
          cases / 150,
        );
      }
    }
  }),
);

test(
  'what is decided holds whatever is in the network, the Internet and the groups',
  { timeout: 3_600_000 },
  () =>
    withRuleSolver(async (z3) => {
      const seen = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(anyCase('open'), async (one) => {
          const { question, admin, groups } = one;
          const decision = decide(questionOf(question, 'open'), chainOf(one), openSurroundings);
          const { answer, allowed, denied, asked } = decision;
          const existing = [allowed, denied].map((part) => part.intersect(asked.atLeast).witness());
          await z3.pose(
            {
              asked: isAsked(question, openWorld),
              'let-through': isLetThrough(question.direction, admin, groups, openWorld),
              'in-allowed': isInBoxes(allowed.boxes()),
              'in-denied': isInBoxes(denied.boxes()),
              'in-undecided': isInBoxes(decision.undecided.boxes()),
              'is-witness': or(existing.map((packet) => (packet ? isPacket(packet) : 'false'))),
            },
            async (problem) => {
              const never = async (named: Readonly<Record<string, boolean>>): Promise<void> =>
                expect(await problem.hasPacket(named)).toBe(false);
              await never({ 'in-allowed': true, asked: true, 'let-through': false });
              await never({ 'in-denied': true, asked: true, 'let-through': true });
              await never({
                asked: true,
                'in-allowed': false,
                'in-denied': false,
                'in-undecided': false,
              });
              if (answer === 'allowed') await never({ asked: true, 'let-through': false });
              if (answer === 'denied') await never({ asked: true, 'let-through': true });
              await never({ 'is-witness': true, asked: false });
              expect(answer === 'partial' && existing.includes(undefined)).toBe(false);
              seen.set(answer, (seen.get(answer) ?? 0) + 1);
            },
          );
        }),
        { ...limits, numRuns: openCases },
      );
      for (const answer of ['allowed', 'denied', 'partial', 'unknown']) {
        expect(seen.get(answer), `${answer}`).toBeGreaterThan(0);
      }
    }),
);

/** A group, and the same after one rule was dropped, turned, moved, or another group altogether. */
function editsOf(
  family: Family,
  direction: Direction,
): fc.Arbitrary<{
  readonly direction: Direction;
  readonly before: readonly WrittenRule[];
  readonly after: readonly WrittenRule[];
}> {
  const group = groupsOf(family, direction, 'open');
  const edit = fc.constantFrom('drop', 'turn', 'move', 'replace');
  return fc.tuple(group, group, fc.nat(11), edit).map(([before, other, at, how]) => {
    const rule = before[at % before.length];
    const rest = before.filter((one) => one !== rule);
    if (rule === undefined || how === 'replace') return { direction, before, after: other };
    const { access } = rule.properties;
    const changed: Partial<WrittenRule['properties']> =
      how === 'turn' ? { access: access === 'Allow' ? 'Deny' : 'Allow' } : { priority: 99 };
    const edited = { ...rule, properties: { ...rule.properties, ...changed } };
    return { direction, before, after: how === 'drop' ? rest : [...rest, edited] };
  });
}

test('what a change lets through and keeps out is what Z3 finds', { timeout: 3_600_000 }, () =>
  withRuleSolver(async (z3) => {
    const seen = new Map<string, number>();
    const edits = fc.oneof(
      ...(['v4', 'v6'] as const).flatMap((family) =>
        (['Inbound', 'Outbound'] as const).map((direction) => editsOf(family, direction)),
      ),
    );
    await fc.assert(
      fc.asyncProperty(edits, async ({ direction, before, after }) => {
        const [old, now] = [before, after].map(
          (securityRules) => parseNetworkSecurityGroup({ properties: { securityRules } }).rules,
        );
        if (old === undefined || now === undefined) throw new RangeError('two groups');
        const { newlyAllowed, newlyDenied } = diffRules(old, now, direction, openSurroundings);
        const perhaps = [newlyAllowed, newlyDenied].map((one) => one.perhaps.witness());
        await z3.pose(
          {
            was: isLetThrough(direction, [], [before], openWorld),
            is: isLetThrough(direction, [], [after], openWorld),
            opened: isInBoxes(newlyAllowed.certain.boxes()),
            closed: isInBoxes(newlyDenied.certain.boxes()),
            'perhaps-opened': isInBoxes(newlyAllowed.perhaps.boxes()),
            'perhaps-closed': isInBoxes(newlyDenied.perhaps.boxes()),
            'opened-witness': perhaps[0] === undefined ? 'false' : isPacket(perhaps[0]),
            'closed-witness': perhaps[1] === undefined ? 'false' : isPacket(perhaps[1]),
          },
          async (problem) => {
            const never = async (named: Readonly<Record<string, boolean>>): Promise<void> =>
              expect(await problem.hasPacket(named)).toBe(false);
            await never({ opened: true, was: true });
            await never({ opened: true, is: false });
            await never({ closed: true, was: false });
            await never({ closed: true, is: true });
            await never({ was: false, is: true, opened: false, 'perhaps-opened': false });
            await never({ was: true, is: false, closed: false, 'perhaps-closed': false });
            // What perhaps changes does so for some meaning of the open names.
            const changes = [
              await problem.hasPacket({ 'opened-witness': true, was: false, is: true }),
              await problem.hasPacket({ 'closed-witness': true, was: true, is: false }),
            ];
            expect(changes).toEqual(perhaps.map((packet) => packet !== undefined));
          },
        );
        for (const [what, set] of [
          ['certain', newlyAllowed.certain.union(newlyDenied.certain)],
          ['perhaps', newlyAllowed.perhaps.union(newlyDenied.perhaps)],
        ] as const) {
          const key = set.isEmpty() ? `no ${what}` : what;
          seen.set(key, (seen.get(key) ?? 0) + 1);
        }
      }),
      { ...limits, numRuns: openCases / 5 },
    );
    for (const key of ['certain', 'no certain', 'perhaps', 'no perhaps']) {
      expect(seen.get(key), `${key}`).toBeGreaterThan(0);
    }
  }),
);
