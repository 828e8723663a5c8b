/** Lists of rules as tables of numbers, each made once. */
import { describe, expect, test } from 'vitest';
import { type Surroundings, namedTags } from '../../shared/network/address-bounds.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { type Meaning, askedSide, ruleContext } from '../../shared/network/rule-context.ts';
import {
  inOrder,
  openNamesMentioned,
  protocolsOf,
  ruleTable,
  tagsMentioned,
} from '../../shared/network/rule-table.ts';
import type { SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet } from '../../shared/packets/address.ts';
import { protocolMask, protocols } from '../../shared/packets/packet.ts';

const plain: SecurityRule = {
  name: 'plain',
  priority: 100,
  direction: 'Inbound',
  access: 'Allow',
  protocol: '*',
  sources: [{ kind: 'any' }],
  sourcePorts: [],
  destinations: [{ kind: 'any' }],
  destinationPorts: [],
};

function rule(changes: Partial<SecurityRule>): SecurityRule {
  return { ...plain, ...changes };
}

describe('a table', () => {
  function network() {
    const space = addressSet(['10.0.0.0/16']);
    const surroundings: Surroundings = {
      serviceTags: noServiceTags,
      virtualNetwork: { atLeast: space, atMost: addressSet(['10.0.0.0/15']) },
    };
    const context = ruleContext(surroundings, namedTags([], [], surroundings));
    const [narrow, wide] = askedSide(context, { kind: 'any' }).worlds.flat();
    if (narrow === undefined || wide === undefined) throw new Error('there are two worlds');
    return { context, narrow, wide };
  }

  test('is made once for each list, direction and meaning of either side', () => {
    const { context, narrow, wide } = network();
    const lists = [[plain], [plain]];
    const make = (list: readonly SecurityRule[], of: readonly [Meaning, Meaning]) =>
      (['Inbound', 'Outbound'] as const).map((direction) =>
        ruleTable(context, list, direction, ...of),
      );
    const every = () =>
      lists.flatMap((list) => [
        ...make(list, [narrow, narrow]),
        ...make(list, [narrow, wide]),
        ...make(list, [wide, narrow]),
      ]);
    const tables = every();
    expect(new Set(tables).size).toBe(12);
    for (const [nth, table] of every().entries()) expect(table).toBe(tables[nth]);
  });

  test('counts for its context once for each list', () => {
    const { context, narrow } = network();
    const lists = [[plain], [plain]];
    for (const list of [...lists, ...lists]) {
      for (const direction of ['Inbound', 'Outbound'] as const) {
        ruleTable(context, list, direction, narrow, narrow);
      }
    }
    expect(context.listsRead).toBe(2);
  });

  test('has columns for each family, made once', () => {
    const { context, narrow } = network();
    const table = ruleTable(context, [plain], 'Inbound', narrow, narrow);
    expect(table.columnsOf(4)).toBe(table.columnsOf(4));
    expect(table.columnsOf(6)).not.toBe(table.columnsOf(4));
  });
});

test('the rules of a direction are put in order once for each list', () => {
  const rules = [
    rule({ priority: 300 }),
    rule({ priority: 100, direction: 'Outbound' }),
    rule({ priority: 200 }),
  ];
  expect(inOrder(rules, 'Inbound').map(({ priority }) => priority)).toEqual([200, 300]);
  expect(inOrder(rules, 'Outbound').map(({ priority }) => priority)).toEqual([100]);
  expect(inOrder(rules, 'Inbound')).toBe(inOrder(rules, 'Inbound'));
});

test('a rule with ports on either side matches no protocol that has none', () => {
  const ported = protocolMask(['Tcp', 'Udp']);
  const ports = [{ from: 1, to: 9 }];
  expect(protocolsOf(plain)).toBe(protocolMask(protocols));
  expect(protocolsOf(rule({ sourcePorts: ports }))).toBe(ported);
  expect(protocolsOf(rule({ destinationPorts: ports }))).toBe(ported);
  expect(protocolsOf(rule({ protocol: 'Icmp' }))).toBe(protocolMask(['Icmp']));
  expect(protocolsOf(rule({ protocol: 'Icmp', sourcePorts: ports }))).toBe(0);
});

const match = parseAddressMatch;

test('tags are those of each direction, each once, as first written', () => {
  const rules = [
    rule({ sources: [match('Sql'), match('10.0.0.0/8')], destinations: [match('STORAGE')] }),
    rule({ sources: [match('storage')], destinations: [match('*'), match('sql')] }),
    rule({ direction: 'Outbound', destinations: [match('Storage')] }),
  ];
  const tags = tagsMentioned(rules);
  expect(tags).toEqual({
    Inbound: [match('Sql'), match('STORAGE')],
    Outbound: [match('Storage')],
  });
  expect(tagsMentioned(rules)).toBe(tags);
});

test('open names are those of each direction and side, each once', () => {
  const rules = [
    rule({
      sources: [match('Internet'), match('Sql')],
      destinations: [{ kind: 'unclear', text: '7' }],
    }),
    rule({ sources: [match('INTERNET')] }),
    rule({ direction: 'Outbound', destinations: [match('Internet')] }),
  ];
  const names = openNamesMentioned(rules);
  expect(names).toEqual({
    Inbound: { sources: ['internet'], destinations: ['unclear 7'] },
    Outbound: { sources: [], destinations: ['internet'] },
  });
  expect(openNamesMentioned(rules)).toBe(names);
});
