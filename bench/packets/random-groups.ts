/** Security groups of the sizes that matter, made by seed, in the JSON that Azure and Z3 read alike. */
import { type Random, createRandom } from '../../simulator/estate/random.ts';
import type { WrittenRule, WrittenWorld } from '../../test/network/z3-rules.ts';

export const network = ['10.20.0.0/16', '168.63.129.16/32'];
export const scoringAddress = '20.50.60.70';

/** Published tags, as far as they were found: names in lower case. */
export type Tags = ReadonlyMap<string, readonly string[]>;

export interface Workload {
  readonly name: string;
  readonly direction: 'Inbound' | 'Outbound';
  readonly rules: readonly WrittenRule[];
}

type Sides = Partial<WrittenRule['properties']>;

function rule(
  index: number,
  direction: 'Inbound' | 'Outbound',
  access: 'Allow' | 'Deny',
  sides: Sides,
): WrittenRule {
  return {
    name: `rule-${index}`,
    properties: {
      priority: 100 + index,
      direction,
      access,
      protocol: '*',
      sourceAddressPrefixes: ['*'],
      sourcePortRanges: ['*'],
      destinationAddressPrefixes: ['*'],
      destinationPortRanges: ['*'],
      ...sides,
    },
  };
}

function publicPrefix(random: Random): string {
  const first = random.pick([20, 40, 51, 52, 104, 172]);
  const second = first === 172 ? random.int(160, 190) : random.int(0, 255);
  return `${first}.${second}.${random.int(0, 255)}.${random.int(0, 255)}/${random.int(20, 31)}`;
}

function privatePrefix(random: Random): string {
  return `10.${random.int(0, 40)}.${random.int(0, 255)}.${random.int(0, 255)}/${random.int(16, 32)}`;
}

function many<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

const someTags = ['AzureCloud', 'Storage', 'Sql', 'AzureMonitor', 'AzureContainerRegistry'];

/** Every fifth rule lists up to fifty prefixes, every third names a tag, one in four denies. */
function mixed(name: string, size: number, direction: 'Inbound' | 'Outbound'): Workload {
  const random = createRandom(7, size, direction.length);
  const isInbound = direction === 'Inbound';
  const prefix = isInbound ? privatePrefix : publicPrefix;
  const tags = isInbound ? ['VirtualNetwork', 'AzureLoadBalancer', 'Internet'] : someTags;
  const rules = Array.from({ length: size }, (_, index) => {
    const remote =
      index % 5 === 0
        ? many(random.int(5, 50), () => prefix(random))
        : index % 3 === 0
          ? [random.pick(tags)]
          : [prefix(random)];
    const own = [random.pick(['10.20.0.0/16', '10.20.4.0/24', '10.20.4.16/28', scoringAddress])];
    return rule(index, direction, random.chance(0.25) ? 'Deny' : 'Allow', {
      protocol: random.pick(['*', 'Tcp', 'Tcp', 'Udp']),
      sourceAddressPrefixes: isInbound ? remote : own,
      destinationAddressPrefixes: isInbound ? own : remote,
      destinationPortRanges: random.pick([['*'], ['443'], ['80', '443'], ['1024-65535'], ['22']]),
    });
  });
  return { name, direction, rules };
}

/** A thousand rules that all meet the scoring address, with whole tags and lists of thousands. */
function worstInbound(): Workload {
  const random = createRandom(11);
  const rules = Array.from({ length: 1000 }, (_, index) => {
    const sources =
      index < 10
        ? many(4000, () => publicPrefix(random))
        : index < 13
          ? ['AzureCloud']
          : index < 15
            ? [`Unmergeable${index}`]
            : many(random.int(1, 40), () => publicPrefix(random));
    return rule(index, 'Inbound', random.chance(0.4) ? 'Deny' : 'Allow', {
      protocol: random.pick(['*', 'Tcp']),
      sourceAddressPrefixes: sources,
      destinationAddressPrefixes: [random.pick([scoringAddress, '20.50.60.0/24', '*'])],
      destinationPortRanges: random.pick([['*'], ['443'], ['80', '443'], ['0-1023']]),
    });
  });
  return { name: 'worst-in', direction: 'Inbound', rules };
}

/** A thousand outbound rules, none of which covers another. */
function worstOutbound(tags: Tags): Workload {
  const random = createRandom(13);
  const named = [...tags.keys()].filter((name) => (tags.get(name)?.length ?? 0) > 50);
  const rules = Array.from({ length: 1000 }, (_, index) => {
    const own = [`10.20.${random.int(0, 255)}.${random.int(0, 255)}/${random.int(20, 30)}`];
    const remote =
      index < 10
        ? many(4000, () => publicPrefix(random))
        : index % 4 === 0
          ? [random.pick(named)]
          : many(random.int(1, 40), () => publicPrefix(random));
    const port = random.int(1, 60_000);
    return rule(index, 'Outbound', random.chance(0.4) ? 'Deny' : 'Allow', {
      protocol: random.pick(['Tcp', 'Tcp', 'Udp']),
      sourceAddressPrefixes: own,
      destinationAddressPrefixes: remote,
      destinationPortRanges: random.pick([
        ['443'],
        [`${port}-${port + 40}`],
        ['1024-65535'],
        ['80'],
      ]),
    });
  });
  return { name: 'worst-out', direction: 'Outbound', rules };
}

export function workloads(tags: Tags): readonly Workload[] {
  return [
    mixed('small-in', 20, 'Inbound'),
    mixed('small-out', 20, 'Outbound'),
    mixed('medium-in', 200, 'Inbound'),
    mixed('medium-out', 200, 'Outbound'),
    worstInbound(),
    worstOutbound(tags),
  ];
}

/** Ten thousand prefixes of which no two touch. */
function unmergeable(seed: number): readonly string[] {
  const random = createRandom(seed);
  return Array.from({ length: 10_000 }, (_, index) => {
    const at = index * 4 + random.int(0, 1);
    return `52.${(at >>> 14) & 255}.${(at >>> 6) & 255}.${(at & 63) * 4}/31`;
  });
}

function range(from: number, to: number): string {
  const text = (at: number) => [24, 16, 8, 0].map((shift) => (at >>> shift) & 255).join('.');
  return `${text(from)}-${text(to)}`;
}

function ports(from: number, to: number): string {
  return `${Math.max(0, from)}-${Math.min(65_535, to)}`;
}

/** Families that kill one representation or another (each names what it is hard for). */
export function hostile(): readonly Workload[] {
  const random = createRandom(17);
  const access = (index: number) => (index % 2 === 0 ? 'Deny' : 'Allow');
  const group = (name: string, size: number, sides: (index: number) => Sides): Workload => ({
    name,
    direction: 'Outbound',
    rules: Array.from({ length: size }, (_, index) =>
      rule(index, 'Outbound', access(index), { protocol: 'Tcp', ...sides(index) }),
    ),
  });
  const span = (base: number, size: number): string => {
    const from = base + random.int(0, size - 2);
    return range(from, random.int(from, base + size - 1));
  };
  const box3 = (): Sides => {
    const from = random.int(0, 60_000);
    return {
      sourceAddressPrefixes: [span(0x0a140000, 65_536)],
      destinationAddressPrefixes: [span(0x14000000, 2 ** 24)],
      destinationPortRanges: [ports(from, random.int(from, 65_535))],
    };
  };
  const halves = (base: number, step: number): string[] =>
    Array.from({ length: 4096 }, (_, i) => i)
      .filter(() => random.chance(0.5))
      .map((i) => range(base + i * step, base + i * step + step - 1));
  const hard = (size: number): Workload =>
    group(`hard-${size}`, size, () => ({
      sourceAddressPrefixes: halves(0x0a140000, 16),
      destinationAddressPrefixes: halves(0x14000000, 4096),
      destinationPortRanges: Array.from({ length: 4096 }, (_, i) => i)
        .filter(() => random.chance(0.5))
        .map((i) => ports(i * 16, i * 16 + 15)),
    }));
  return [
    group('slabs 1,000', 1000, (i) => {
      const at = Math.floor(i / 3) * 64;
      if (i % 3 === 0)
        return { sourceAddressPrefixes: [range(0x0a140000 + at, 0x0a140000 + at + 20)] };
      if (i % 3 === 1) {
        return {
          destinationAddressPrefixes: [range(0x14000000 + at * 99, 0x14000000 + at * 99 + 900)],
        };
      }
      return { destinationPortRanges: [ports(at * 3, at * 3 + 40)] };
    }),
    group('boxes-3d 256', 256, box3),
    group('boxes-3d 1,000', 1000, box3),
    group('boxes-2d 1,000', 1000, () => ({ ...box3(), sourceAddressPrefixes: ['*'] })),
    group('stripes 1,000', 1000, (i) => ({
      sourceAddressPrefixes: [`10.20.${i % 250}.0/24`],
      destinationAddressPrefixes: [`20.${i % 256}.0.0/${16 + (i % 12)}`],
    })),
    hard(10),
    hard(12),
    hard(16),
    hard(100),
  ];
}

/** What names mean here: the published tags found, and the made-up ones. */
export function worldOf(tags: Tags, callers: Tags): WrittenWorld {
  return {
    virtualNetwork: network,
    tags: new Map([
      ...tags,
      ...callers,
      ['unmergeable13', unmergeable(13)],
      ['unmergeable14', unmergeable(14)],
    ]),
  };
}
