/** Two lists of rules beside each other: as much in common as there can be, whatever the names are. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Place, aligned, inOrder } from '../../shared/network/rule-order.ts';
import type { AddressMatch, SecurityRule } from '../../shared/network/security-rule.ts';

const plain: SecurityRule = {
  name: 'plain',
  priority: 100,
  direction: 'Inbound',
  access: 'Allow',
  protocol: 'Tcp',
  sources: [{ kind: 'any' }],
  sourcePorts: [],
  destinations: [{ kind: 'any' }],
  destinationPorts: [],
};

/** A rule that is the same as another where it has the same port. */
function ruleFor(port: number, index: number): SecurityRule {
  const name = `${port} at ${index}`;
  return { ...plain, name, priority: 100 + index, destinationPorts: [{ from: port, to: port }] };
}

function textOf(places: readonly Place[]): string {
  const marks = { both: '=', before: '-', after: '+' } as const;
  return places
    .map(({ rule, isIn }) => `${marks[isIn]}${String(rule.destinationPorts[0]?.from)}`)
    .join(' ');
}

function lay(before: readonly number[], after: readonly number[]): readonly Place[] {
  return aligned(before.map(ruleFor), after.map(ruleFor));
}

/** The length of a longest common subsequence, by trying every one. */
function mostInCommon(a: readonly number[], b: readonly number[]): number {
  const [first, ...rest] = a;
  if (first === undefined) return 0;
  const at = b.indexOf(first);
  const without = mostInCommon(rest, b);
  return at < 0 ? without : Math.max(without, 1 + mostInCommon(rest, b.slice(at + 1)));
}

test.each<[string, readonly number[], readonly number[], string]>([
  ['nothing beside nothing', [], [], ''],
  ['equal lists', [1, 2], [1, 2], '=1 =2'],
  ['a rule more at the end', [1], [1, 2], '=1 +2'],
  ['a rule more at the start', [2], [1, 2], '+1 =2'],
  ['a rule less in the middle', [1, 2, 3], [1, 3], '=1 -2 =3'],
  ['a rule in the place of another', [1, 2, 4], [1, 3, 4], '=1 -2 +3 =4'],
  ['nothing in common', [1, 2], [3, 4], '-1 -2 +3 +4'],
  ['a rule that moved down', [1, 2, 3, 4], [2, 3, 1, 4], '-1 =2 =3 +1 =4'],
  ['a rule that moved up', [1, 2, 3, 4], [3, 1, 2, 4], '+3 =1 =2 -3 =4'],
  ['two that changed places', [1, 2], [2, 1], '-1 =2 +1'],
  ['the same end, though a rule like it came before', [5, 1], [1, 6, 1], '-5 +1 +6 =1'],
  ['as much of the end as there is at the start', [1, 2, 3], [3, 1], '-1 -2 =3 +1'],
  ['one that was there twice', [1, 1], [1], '=1 -1'],
  ['one that is there twice', [1], [1, 1], '=1 +1'],
])('%s', (_, before, after, text) => {
  expect(textOf(lay(before, after))).toBe(text);
});

test('both lists are there, in their order, with as much in common as there can be', () => {
  const ports = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 7 });
  fc.assert(
    fc.property(ports, ports, (before, after) => {
      const places = lay(before, after);
      const its = (without: Place['isIn']) =>
        places.flatMap(({ rule, isIn }) =>
          isIn === without ? [] : rule.destinationPorts.map(({ from }) => from),
        );
      expect(its('after')).toEqual(before);
      expect(its('before')).toEqual(after);
      const common = places.filter(({ isIn }) => isIn === 'both');
      expect(common).toHaveLength(mostInCommon(before, after));
    }),
  );
});

const tag = (name: string): AddressMatch => ({ kind: 'serviceTag', name });
const unclear = (text: string): AddressMatch => ({ kind: 'unclear', text });
const prefix = (text: string): AddressMatch => ({ kind: 'prefix', text });
const group = (name: string): AddressMatch => ({
  kind: 'applicationSecurityGroup',
  id: resourceId(`/groups/${name}`),
});

function areOne(one: Partial<SecurityRule>, other: Partial<SecurityRule>): boolean {
  const places = aligned([{ ...plain, ...one }], [{ ...plain, ...other }]);
  return places.length === 1;
}

test.each<[string, Partial<SecurityRule>, Partial<SecurityRule>]>([
  ['name and priority', { name: 'a', priority: 100 }, { name: 'b', priority: 200 }],
  ['the spelling of a tag', { sources: [tag('Sql')] }, { sources: [tag('SQL')] }],
  [
    'the order of matches',
    { destinations: [prefix('10.0.0.0/8'), tag('Sql')] },
    { destinations: [tag('Sql'), prefix('10.0.0.0/8')] },
  ],
  [
    'the order of texts that nobody understands',
    { sources: [unclear('1'), unclear('2'), unclear('1')] },
    { sources: [unclear('2'), unclear('1')] },
  ],
  ['a match twice', { sources: [tag('Sql'), tag('Sql')] }, { sources: [tag('Sql')] }],
  [
    'how ports are cut',
    { destinationPorts: [{ from: 1, to: 2 }] },
    {
      destinationPorts: [
        { from: 2, to: 2 },
        { from: 1, to: 1 },
      ],
    },
  ],
])('%s makes no other rule', (_, one, other) => {
  expect(areOne(one, other)).toBe(true);
});

test.each<[string, Partial<SecurityRule>, Partial<SecurityRule>]>([
  ['access', { access: 'Allow' }, { access: 'Deny' }],
  ['protocol', { protocol: 'Tcp' }, { protocol: 'Udp' }],
  ['a source', { sources: [prefix('10.0.0.1')] }, { sources: [prefix('10.0.0.2')] }],
  ['a destination', { destinations: [prefix('10.0.0.1')] }, { destinations: [] }],
  ['a tag', { sources: [tag('Sql')] }, { sources: [tag('Storage')] }],
  ['a group', { sources: [group('a')] }, { sources: [group('b')] }],
  ['a tag for every address', { sources: [tag('Sql')] }, {}],
  ['a tag for a text', { sources: [tag('sql')] }, { sources: [{ kind: 'unclear', text: 'sql' }] }],
  [
    'a text that nobody understands',
    { sources: [{ kind: 'unclear', text: '1' }] },
    { sources: [{ kind: 'unclear', text: '2' }] },
  ],
  ['a source port', { sourcePorts: [{ from: 1, to: 1 }] }, { sourcePorts: [{ from: 2, to: 2 }] }],
  [
    'which ports',
    { sourcePorts: [{ from: 1, to: 1 }] },
    { destinationPorts: [{ from: 1, to: 1 }] },
  ],
  ['every port by number', { destinationPorts: [{ from: 0, to: 65_535 }] }, {}],
  ['which side', { sources: [tag('Sql')] }, { destinations: [tag('Sql')] }],
])('%s makes another rule', (_, one, other) => {
  expect(areOne(one, other)).toBe(false);
});

test('rules of one direction are read by their priorities', () => {
  const rules = [300, 100, 200].flatMap((priority) =>
    (['Inbound', 'Outbound'] as const).map((direction) => ({ ...plain, priority, direction })),
  );
  for (const direction of ['Inbound', 'Outbound'] as const) {
    const ordered = inOrder(rules, direction);
    expect(ordered.map((rule) => [rule.direction, rule.priority])).toEqual([
      [direction, 100],
      [direction, 200],
      [direction, 300],
    ]);
  }
});
