/** What of a list of rules matters to a question, and into which classes it cuts what is asked. */
import { describe, expect, test } from 'vitest';
import { type Surroundings, namedTags } from '../../shared/network/address-bounds.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import {
  type LiveRule,
  type QuestionSpace,
  questionSpace,
} from '../../shared/network/question-space.ts';
import { askedSide, ruleContext } from '../../shared/network/rule-context.ts';
import { portSet } from '../../shared/network/rule-packets.ts';
import { ruleTable } from '../../shared/network/rule-table.ts';
import type {
  AddressMatch,
  PortRange,
  Protocol,
  SecurityRule,
} from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import {
  type AddressSet,
  addressSet,
  noAddresses,
  parseAddress,
} from '../../shared/packets/address.ts';
import { hasClass } from '../../shared/packets/class-sets.ts';
import { type Span, endOf, yes } from '../../shared/packets/diagram.ts';
import { holds } from '../../shared/packets/interval-set.ts';
import { classAt } from '../../shared/packets/line.ts';
import { protocolMask } from '../../shared/packets/packet.ts';
import { freeWork } from '../../shared/packets/work.ts';
import { createRandom } from '../../simulator/estate/random.ts';

const space = addressSet(['10.0.0.0/16', 'fd00::/64']);
const settled: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};

type Direction = 'Inbound' | 'Outbound';
const directions: readonly Direction[] = ['Inbound', 'Outbound'];

interface Told {
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly protocol?: Protocol | '*';
  readonly sourcePorts?: readonly PortRange[];
  readonly ports?: readonly PortRange[];
}

/** A question mark is what nobody can read, so that it perhaps holds any address. */
function matchOf(text: string): AddressMatch {
  return text === '?' ? { kind: 'unclear', text } : parseAddressMatch(text);
}

function rule(name: string, told: Told = {}, direction: Direction = 'Inbound'): SecurityRule {
  return {
    name,
    priority: 100,
    direction,
    access: 'Allow',
    protocol: told.protocol ?? '*',
    sources: (told.from ?? ['*']).map(matchOf),
    sourcePorts: told.sourcePorts ?? [],
    destinations: (told.to ?? ['*']).map(matchOf),
    destinationPorts: told.ports ?? [],
  };
}

interface Asked {
  readonly from?: string;
  readonly to?: string;
  readonly protocols?: readonly Protocol[];
  readonly sourcePorts?: readonly PortRange[];
  readonly ports?: readonly PortRange[];
  readonly mostRules?: number;
  readonly surroundings?: Surroundings;
}

/** The question about IPv4 over lists of rules, all of one direction. */
function ask(
  lists: readonly (readonly SecurityRule[])[],
  { from = '*', to = '*', protocols = ['Tcp', 'Udp'], ports = [], ...asked }: Asked = {},
) {
  const { surroundings = settled, mostRules } = asked;
  const direction = lists.flat()[0]?.direction ?? 'Inbound';
  const about = [from, to].map(parseAddressMatch);
  const [source, destination] = about;
  if (source === undefined || destination === undefined) throw new Error('there are two sides');
  const mentioned = lists.flat().flatMap((one) => [...one.sources, ...one.destinations]);
  const context = ruleContext(surroundings, namedTags(mentioned, about, surroundings));
  const [sources, destinations] = [askedSide(context, source), askedSide(context, destination)];
  const [sourceMeaning] = sources.worlds.flat();
  const [destinationMeaning] = destinations.worlds.flat();
  if (!sourceMeaning || !destinationMeaning) throw new Error('there is a world on each side');
  const tables = lists.map((rules) =>
    ruleTable(context, rules, direction, sourceMeaning, destinationMeaning),
  );
  const question = questionSpace(
    {
      direction,
      protocols: protocolMask(protocols),
      sources: sources.bounds,
      sourcePorts: portSet(asked.sourcePorts ?? []),
      destinations: destinations.bounds,
      destinationPorts: portSet(ports),
    },
    4,
    context,
    tables,
    freeWork(),
    mostRules,
  );
  return { question, live: tables.map((table) => question.live.get(table) ?? []) };
}

function namesOf(live: readonly LiveRule[] | undefined): readonly string[] {
  return (live ?? []).map((one) => ('name' in one.rule ? one.rule.name : ''));
}

interface Point {
  readonly protocol: Protocol;
  readonly source: string;
  readonly sourcePort?: number;
  readonly destination: string;
  readonly port?: number;
}

/** The classes of a packet, in the order in which the space looks at fields. */
function classesOf({ space: { order, lines } }: QuestionSpace, point: Point): readonly number[] {
  const address = (text: string) => parseAddress(text)?.value ?? Number.NaN;
  return order.map((field) => {
    switch (field) {
      case 'protocols':
        return Math.log2(protocolMask([point.protocol]));
      case 'destinationPorts':
        return classAt(lines.destinationPorts, point.port ?? 443);
      case 'sourcePorts':
        return classAt(lines.sourcePorts, point.sourcePort ?? 50_000);
      case 'destinations':
        return classAt(lines.destinations, address(point.destination));
      case 'sources':
        return classAt(lines.sources, address(point.source));
      default:
        return field satisfies never;
    }
  });
}

function isIn(question: QuestionSpace, span: Span | undefined, point: Point): boolean {
  const { order, lines, protocols } = question.space;
  const classes = classesOf(question, point);
  return (
    span !== undefined &&
    order.every((field, at) => {
      const sets = field === 'protocols' ? protocols : lines[field].sets;
      return hasClass(sets, span[at] ?? sets.none, classes[at] ?? -1);
    })
  );
}

/** The first rule that the packet certainly or perhaps meets. */
function firstMet(
  question: QuestionSpace,
  live: readonly LiveRule[] | undefined,
  point: Point,
  bound: 'least' | 'most',
): string | undefined {
  return namesOf(live?.filter((one) => isIn(question, one[bound], point)))[0];
}

describe.each(directions)('of the rules %s', (direction) => {
  const far = direction === 'Inbound' ? 'from' : 'to';
  const near = direction === 'Inbound' ? 'to' : 'from';
  const asked: Asked = {
    from: '10.0.0.0/24',
    to: '10.0.1.0/24',
    sourcePorts: [{ from: 1, to: 9999 }],
    ports: [{ from: 80, to: 90 }],
  };
  const one = (name: string, told?: Told) => rule(name, told, direction);

  test.each<[string, Told]>([
    ['protocol', { protocol: 'Icmp' }],
    ['source', { from: ['10.0.2.0/24'] }],
    ['destination', { to: ['10.0.2.0/24'] }],
    ['source port', { sourcePorts: [{ from: 10_000, to: 10_000 }] }],
    ['port', { ports: [{ from: 91, to: 100 }] }],
  ])('those of another %s do not matter', (_, told) => {
    const { live } = ask([[one('other', told), one('last')]], asked);
    expect(namesOf(live[0])).toEqual(['last']);
  });

  test('those behind one that certainly matches all that is asked do not matter', () => {
    const everything = one('all', {
      protocol: '*',
      from: ['10.0.0.0/16'],
      to: ['10.0.0.0/16'],
      ports: [{ from: 1, to: 100 }],
    });
    const { live } = ask([[one('first', { protocol: 'Tcp' }), everything, one('behind')]], asked);
    expect(namesOf(live[0])).toEqual(['first', 'all']);
  });

  test.each<[string, Told]>([
    ['of one protocol', { protocol: 'Tcp' }],
    ['for some sources', { from: ['10.0.0.0/25'] }],
    ['for some destinations', { to: ['10.0.1.0/25'] }],
    ['for some ports', { ports: [{ from: 80, to: 80 }] }],
    ['from some ports', { sourcePorts: [{ from: 1, to: 1024 }] }],
    ['for sources perhaps', { from: ['?', '10.0.0.0/25'] }],
    ['for destinations perhaps', { to: ['?', '10.0.1.0/25'] }],
  ])('those behind one %s do', (_, told) => {
    const { live } = ask([[one('some', told), one('behind')]], asked);
    expect(namesOf(live[0])).toEqual(['some', 'behind']);
  });

  test.each(['from', 'to'])('those behind one that perhaps matches all do (%s)', (side) => {
    const perhaps = one('perhaps', { [side]: ['?'] });
    const { live } = ask([[perhaps, one('behind')]], { [side]: '20.0.0.0/24' });
    expect(namesOf(live[0])).toEqual(['perhaps', 'behind']);
    expect(live[0]?.map(({ least }) => least === undefined)).toEqual([true, false]);
  });

  test('only so many are looked at as was said', () => {
    const rules = ['a', 'b', 'c'].map((name) => one(name, { protocol: 'Tcp' }));
    for (const mostRules of [0, 1, 2, 3, 4]) {
      const { live } = ask([rules], { ...asked, mostRules });
      expect(namesOf(live[0])).toEqual(['a', 'b', 'c'].slice(0, mostRules));
    }
  });

  test('each list has its own, and a list is there once', () => {
    const [first, second] = [[one('a', { protocol: 'Tcp' })], [one('b', { protocol: 'Tcp' })]];
    const { question, live } = ask([first, second, first], asked);
    expect(live.map(namesOf)).toEqual([['a'], ['b'], ['a']]);
    expect(question.live.size).toBe(2);
  });

  test('one without doubt has one span', () => {
    const rules = [
      one('plain', { from: ['10.0.0.0/25'] }),
      one('perhaps', { from: ['?', '20.0.0.0/25'] }),
    ];
    const [plain, perhaps] = ask([rules], { from: '*', to: '10.0.1.0/24' }).live[0] ?? [];
    const { question } = ask([rules], { from: '20.0.0.0/24' });
    const inDoubt = question.live.values().next().value?.at(-1);
    expect(plain?.least).toBe(plain?.most);
    expect(perhaps?.least).not.toBe(perhaps?.most);
    const at = (source: string): Point => ({ protocol: 'Tcp', source, destination: '10.0.1.0' });
    expect(isIn(question, inDoubt?.least, at('20.0.0.1'))).toBe(true);
    expect(isIn(question, inDoubt?.least, at('20.0.0.200'))).toBe(false);
    expect(isIn(question, inDoubt?.most, at('20.0.0.200'))).toBe(true);
  });

  /** Blocks of two addresses of 20.`block`.0.0/16, each with a gap behind it. */
  const blocks = (block: number, count: number): readonly string[] =>
    Array.from({ length: count }, (_, at) => `20.${block}.${at >>> 6}.${(at & 63) * 4}/31`);
  const farOf = (names: readonly string[]): Told => ({ [far]: names });
  const wide: Asked = { [far]: '20.0.0.0/8', [near]: '10.0.0.0/24' };
  const farLine = ({ space: { lines } }: QuestionSpace) =>
    direction === 'Inbound' ? lines.sources : lines.destinations;

  describe('with a thousand boundaries', () => {
    const hidden = [100, 200, 300].map((count) => one(`${count}`, farOf(blocks(1, count))));
    const front = one('front', farOf(blocks(1, 600)));

    test('what is hidden behind others makes no classes', () => {
      const { question, live } = ask([[front, ...hidden]], wide);
      expect(namesOf(live[0])).toEqual(['front', '100', '200', '300']);
      // Seen in front, and what nothing matches.
      expect(farLine(question).sets.size).toBe(2);
    });

    test('a rule for every far end is met behind those that hide nothing of it', () => {
      const last = one('last', { [near]: ['10.0.0.0/25'] });
      const { question, live } = ask([[front, ...hidden, last]], wide);
      const at = { protocol: 'Tcp', source: '10.0.0.1', destination: '10.0.0.1' } as const;
      const point: Point = { ...at, [far === 'from' ? 'source' : 'destination']: '20.200.0.0' };
      expect(farLine(question).sets.size).toBe(2);
      expect(firstMet(question, live[0], point, 'most')).toBe('last');
    });

    test.each<[string, Told, Told]>([
      ['of other protocols', { protocol: 'Tcp' }, {}],
      ['of other ports', { ports: [{ from: 80, to: 80 }] }, {}],
      ['from other ports', { sourcePorts: [{ from: 80, to: 80 }] }, {}],
      ['at the near end', { [near]: ['10.0.0.0/25'] }, {}],
    ])('what is in front, but %s, hides nothing', (_, told) => {
      const before = one('before', { ...farOf(blocks(1, 600)), ...told });
      const { question } = ask([[before, one('behind', farOf(blocks(1, 300)))]], wide);
      expect(farLine(question).sets.size).toBe(3);
    });

    test('fewer boundaries are cut as they are', () => {
      const few = [one('front', farOf(blocks(1, 200))), one('behind', farOf(blocks(1, 100)))];
      expect(farLine(ask([few], wide).question).sets.size).toBe(3);
    });

    test('what several lists say is not hidden by one of them', () => {
      const { question, live } = ask(
        [[front, ...hidden], [one('other', farOf(blocks(1, 50)))]],
        wide,
      );
      expect(live.map(namesOf)).toEqual([['front', '100', '200', '300'], ['other']]);
      const source = { protocol: 'Tcp', source: '10.0.0.1', destination: '10.0.0.1' } as const;
      const point: Point = { ...source, [far === 'from' ? 'source' : 'destination']: '20.1.0.4' };
      expect(firstMet(question, live[0], point, 'most')).toBe('front');
      expect(firstMet(question, live[1], point, 'most')).toBe('other');
    });

    test.each([far, near])('what perhaps matches %s hides nothing', (side) => {
      const perhaps = one('perhaps', {
        ...farOf([...blocks(1, 600)]),
        [side]: side === far ? [...blocks(1, 600), '?'] : ['?'],
      });
      const behind = one('behind', farOf(blocks(1, 300)));
      const about: Asked = side === far ? wide : { ...wide, [near]: '20.9.0.0/24' };
      const rules = [perhaps, front, behind];
      const { question, live } = ask([rules], about);
      const at = (farAt: string): Point => ({
        protocol: 'Tcp',
        source: far === 'from' ? farAt : '20.9.0.1',
        destination: far === 'from' ? '20.9.0.1' : farAt,
      });
      const point = at(side === far ? '20.200.0.0' : '20.1.0.0');
      const nearAt =
        side === far
          ? { ...point, [far === 'from' ? 'destination' : 'source']: '10.0.0.1' }
          : point;
      expect(firstMet(question, live[0], nearAt, 'most')).toBe('perhaps');
      expect(firstMet(question, live[0], nearAt, 'least')).not.toBe('perhaps');
    });

    test('what perhaps exists is told from what does', () => {
      const { question } = ask([[front, ...hidden]], { ...wide, [far]: 'Internet' });
      const at = (farAt: string): Point => ({
        protocol: 'Tcp',
        source: far === 'from' ? farAt : '10.0.0.1',
        destination: far === 'from' ? '10.0.0.1' : farAt,
      });
      const exists = (farAt: string) =>
        endOf(question.space.diagram, question.existing, classesOf(question, at(farAt)));
      expect([exists('20.1.0.0'), exists('8.8.8.8')]).toEqual([yes, yes]);
      // Of a block that Azure does not always count to the Internet.
      expect(exists('21.0.0.1')).not.toBe(yes);
    });

    test('a packet meets the same first rule as in the list itself', () => {
      const random = createRandom(17, direction === 'Inbound' ? 1 : 2);
      const nearOf = () => random.pick([['*'], ['*'], ['10.0.0.0/25']]);
      const some = Array.from({ length: 12 }, (_, at) =>
        one(`${at}`, {
          [far]: blocks(random.int(1, 3), random.int(50, 300)),
          [near]: nearOf(),
          protocol: random.pick(['*', '*', 'Tcp'] as const),
          ports: random.pick([[], [], [{ from: 443, to: 443 }]]),
          sourcePorts: random.pick([[], [], [{ from: 1, to: 1024 }]]),
        }),
      );
      // At the far end they leave nothing out.
      const everywhere = { [near]: ['10.0.0.0/25'] };
      const rules = [
        ...some,
        one('last', everywhere),
        one('behind', { ports: [{ from: 80, to: 80 }] }),
      ];
      const { question, live } = ask([rules], wide);
      const setOf = (matches: readonly AddressMatch[]) =>
        addressSet(matches.map((match) => (match.kind === 'prefix' ? match.text : '0.0.0.0/0')));
      const sets = rules.map(({ sources, destinations }) => ({
        sources: setOf(sources),
        destinations: setOf(destinations),
      }));
      for (let nth = 0; nth < 300; nth += 1) {
        const [block, at] = [random.int(1, 3), random.int(0, 310)];
        const farAt = `20.${block}.${at >>> 6}.${(at & 63) * 4 + random.int(0, 3)}`;
        const nearAt = random.pick(['10.0.0.1', '10.0.0.200']);
        const [source, destination] = far === 'from' ? [farAt, nearAt] : [nearAt, farAt];
        const protocol = random.pick(['Tcp', 'Udp'] as const);
        const [port, sourcePort] = [random.pick([80, 443]), random.pick([80, 50_000])];
        const within = (set: AddressSet, text: string) =>
          holds(set.v4, parseAddress(text)?.value ?? Number.NaN);
        const inPorts = (ranges: readonly PortRange[], value: number) =>
          ranges.length === 0 || ranges.some(({ from, to }) => from <= value && value <= to);
        const expected = rules.find(
          (each, at) =>
            (each.protocol === '*' || each.protocol === protocol) &&
            within(sets[at]?.sources ?? noAddresses, source) &&
            within(sets[at]?.destinations ?? noAddresses, destination) &&
            inPorts(each.destinationPorts, port) &&
            inPorts(each.sourcePorts, sourcePort),
        )?.name;
        const point = { protocol, source, destination, port, sourcePort };
        expect(firstMet(question, live[0], point, 'most')).toBe(expected);
        expect(firstMet(question, live[0], point, 'least')).toBe(expected);
      }
    });
  });
});
