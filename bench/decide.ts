/** Time per question: the engine beside Z3, which answers the same question from the same rules. */
import type { Surroundings } from '../shared/network/address-bounds.ts';
import { type Question, type RuleList, decide } from '../shared/network/decide.ts';
import { parseAddressMatch, parsePortRange } from '../shared/network/parse-match.ts';
import { parseNetworkSecurityGroup } from '../shared/network/parse-security-rule.ts';
import { serviceTags } from '../shared/network/service-tags.ts';
import { addressSet } from '../shared/packets/address.ts';
import type { Protocol } from '../shared/packets/packet-set.ts';
import { type Random, createRandom } from '../simulator/estate/random.ts';
import {
  type RuleSolver,
  type WrittenQuestion,
  type WrittenRule,
  type WrittenWorld,
  isAsked,
  isLetThrough,
  uncertainBlocks,
  withRuleSolver,
} from '../test/network/z3-rules.ts';

/** As many prefixes as the published lists have, within a factor of two. */
const tagSizes = {
  AzureCloud: 4000,
  Storage: 900,
  Sql: 600,
  AzureMonitor: 300,
  AzureContainerRegistry: 250,
  AzureActiveDirectory: 60,
};

const groups = [
  { size: 20, tags: [] },
  { size: 200, tags: Object.keys(tagSizes) },
] as const;

const protocols: readonly Protocol[] = ['Tcp', 'Udp'];

function publicPrefix(random: Random): string {
  const first = random.pick([20, 40, 51, 52, 104, 172]);
  const second = first === 172 ? random.int(160, 190) : random.int(0, 255);
  return `${first}.${second}.${random.int(0, 255)}.${random.int(0, 255)}/${random.int(20, 31)}`;
}

function privatePrefix(random: Random): string {
  return `10.${random.int(0, 40)}.${random.int(0, 255)}.${random.int(0, 255)}/${random.int(16, 32)}`;
}

function worldOf(random: Random): WrittenWorld {
  return {
    virtualNetwork: ['10.20.0.0/16', '168.63.129.16/32'],
    tags: new Map(
      Object.entries(tagSizes).map(([name, size]) => [
        name.toLowerCase(),
        Array.from({ length: size }, () => publicPrefix(random)),
      ]),
    ),
  };
}

/** Every fifth rule lists up to fifty prefixes, every third names one of `tags`, one in four denies. */
function groupOf(size: number, tags: readonly string[], random: Random): readonly WrittenRule[] {
  return Array.from({ length: size }, (_, index) => {
    const isInbound = index % 2 === 0;
    const prefix = isInbound ? privatePrefix : publicPrefix;
    const many = Array.from({ length: random.int(5, 50) }, () => prefix(random));
    const remote =
      index % 5 === 0
        ? many
        : index % 3 === 0
          ? [random.pick([...tags, 'VirtualNetwork', 'AzureLoadBalancer'])]
          : [prefix(random)];
    const own = [random.pick(['10.20.0.0/16', '10.20.4.0/24', '10.20.4.16/28', '*'])];
    return {
      name: `rule-${index}`,
      properties: {
        priority: 100 + index * 10,
        direction: isInbound ? 'Inbound' : 'Outbound',
        access: random.chance(0.25) ? 'Deny' : 'Allow',
        protocol: random.pick(['*', 'Tcp', 'Tcp', 'Udp']),
        sourceAddressPrefixes: isInbound ? remote : own,
        sourcePortRanges: ['*'],
        destinationAddressPrefixes: isInbound ? own : remote,
        destinationPortRanges: random.pick([['*'], ['443'], ['80', '443'], ['1024-65535'], ['22']]),
      },
    };
  });
}

const questions: readonly (readonly [string, WrittenQuestion])[] = [
  [
    'clients → one IP:443',
    {
      direction: 'Inbound',
      protocols: ['Tcp'],
      source: '10.8.0.0/14',
      sourcePorts: ['*'],
      destination: '10.20.4.20',
      destinationPorts: ['443'],
    },
  ],
  [
    'subnet → Internet, everything',
    {
      direction: 'Outbound',
      protocols: [],
      source: '10.20.4.0/24',
      sourcePorts: ['*'],
      destination: 'Internet',
      destinationPorts: ['*'],
    },
  ],
];

const except = addressSet(uncertainBlocks);

function questionOf(written: WrittenQuestion): Question {
  const ports = (ranges: readonly string[]) =>
    ranges.flatMap((range) => parsePortRange(range) ?? []);
  return {
    direction: written.direction,
    protocols: protocols.filter((protocol) => written.protocols.includes(protocol)),
    source: parseAddressMatch(written.source),
    sourceExcept: except,
    sourcePorts: ports(written.sourcePorts),
    destination: parseAddressMatch(written.destination),
    destinationExcept: except,
    destinationPorts: ports(written.destinationPorts),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b).at(Math.floor(values.length / 2)) ?? Number.NaN;
}

/** Milliseconds of one question, asked until `budget` milliseconds are spent; the first tenth warms up. */
function engineTime(ask: () => unknown, budget: number): number {
  const times: number[] = [];
  const end = performance.now() + budget;
  while (times.length < 10 || performance.now() < end) {
    const start = performance.now();
    ask();
    times.push(performance.now() - start);
  }
  return median(times.slice(Math.floor(times.length / 10)));
}

interface Z3Time {
  readonly answer: string;
  readonly read: number;
  readonly solve: number;
}

/** Two questions to Z3 make one of ours: is some packet let through, is some packet not. */
async function z3Time(
  z3: RuleSolver,
  question: WrittenQuestion,
  rules: readonly WrittenRule[],
  world: WrittenWorld,
): Promise<Z3Time> {
  const formulas = {
    asked: isAsked(question, world),
    'let-through': isLetThrough(question.direction, [], [rules], world),
  };
  const runs: Z3Time[] = [];
  for (let run = 0; run < 3; run += 1) {
    const start = performance.now();
    runs.push(
      await z3.pose(formulas, async (problem) => {
        const asked = performance.now();
        const allows = await problem.hasPacket({ asked: true, 'let-through': true });
        const denies = await problem.hasPacket({ asked: true, 'let-through': false });
        const answer = allows ? (denies ? 'partial' : 'allowed') : 'denied';
        return { answer, read: asked - start, solve: performance.now() - asked };
      }),
    );
  }
  return {
    answer: [...new Set(runs.map(({ answer }) => answer))].join(' and '),
    read: median(runs.map(({ read }) => read)),
    solve: median(runs.map(({ solve }) => solve)),
  };
}

function time(milliseconds: number): string {
  return milliseconds < 1
    ? `${(milliseconds * 1000).toFixed(0)} µs`
    : `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0)} ms`;
}

function ratio(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)}×`;
}

const heads = ['rules', 'question', 'engine', 'answer', 'Z3 solves', 'Z3 reads', 'Z3 / engine'];
const widths = [6, 30, 10, 9, 11, 10, 12];

function line(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' ');
}

console.log(line(heads));
await withRuleSolver(async (z3) => {
  for (const { size, tags } of groups) {
    const random = createRandom(7, size);
    const world = worldOf(random);
    const written = groupOf(size, tags, random);
    const group = parseNetworkSecurityGroup({
      id: `/nsg-of-${size}`,
      properties: { securityRules: written },
    });
    const chain: readonly RuleList[] = [
      { kind: 'securityGroup', at: group.id, name: group.name, rules: group.rules },
    ];
    const space = addressSet(world.virtualNetwork);
    const surroundings: Surroundings = {
      virtualNetwork: { atLeast: space, atMost: space },
      serviceTags: serviceTags(
        [...world.tags].map(([name, addressPrefixes]) => ({ name, addressPrefixes })),
      ),
    };
    for (const [name, asked] of questions) {
      const question = questionOf(asked);
      const { answer } = decide(question, chain, surroundings);
      const engine = engineTime(() => decide(question, chain, surroundings), 3000);
      const z3Answer = await z3Time(z3, asked, written, world);
      console.log(
        line([
          String(size),
          name,
          time(engine),
          answer === z3Answer.answer ? answer : `${answer}, but Z3 says ${z3Answer.answer}`,
          time(z3Answer.solve),
          time(z3Answer.read),
          ratio(z3Answer.solve / engine),
        ]),
      );
    }
  }
});
