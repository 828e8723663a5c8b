/**
 * Time per question: the engine on groups of every size and on hostile ones, beside Z3, which answers
 * the same questions from the same rules, and against the targets that were set for the engine.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Surroundings } from '../shared/network/address-bounds.ts';
import { type Question, type RuleList, decide } from '../shared/network/decide.ts';
import { parseAddressMatch, parsePortRange } from '../shared/network/parse-match.ts';
import { parseNetworkSecurityGroup } from '../shared/network/parse-security-rule.ts';
import { serviceTags } from '../shared/network/service-tags.ts';
import { addressSet, cidrsOf } from '../shared/packets/address.ts';
import { describe } from '../shared/packets/describe.ts';
import { type PacketSet, protocols } from '../shared/packets/packet-set.ts';
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
import {
  comparisonHeads,
  measureDiff,
  measureLint,
  measureReading,
  measureRepair,
  measureRewrite,
} from './packets/comparisons.ts';
import { line, medianTime, ratio, time, timing, verdict } from './packets/measure.ts';
import {
  type Tags,
  type Workload,
  hostile,
  network,
  scoringAddress,
  workloads,
  worldOf,
} from './packets/random-groups.ts';

/** Questions are asked of many callers and subnets in turn, so that no answer is remembered. */
const variants = 64;

interface Asked {
  readonly name: string;
  readonly of: (variant: number) => WrittenQuestion;
}

const tcp = { protocols: ['Tcp'], sourcePorts: ['*'] };

function inbound(source: (variant: number) => string): Asked['of'] {
  return (variant) => ({
    ...tcp,
    direction: 'Inbound',
    source: source(variant),
    destination: scoringAddress,
    destinationPorts: ['80', '443'],
  });
}

function outbound(destination: string, more: Partial<WrittenQuestion> = {}): Asked['of'] {
  return (variant) => ({
    direction: 'Outbound',
    protocols: [],
    source: `10.20.${variant % 4}.${(variant >>> 2) * 16}/28`,
    sourcePorts: ['*'],
    destination,
    destinationPorts: ['*'],
    ...more,
  });
}

const wholeSubnet = { source: '10.20.4.0/24' };
const questions: Readonly<Record<Workload['direction'], readonly Asked[]>> = {
  Inbound: [
    { name: 'Q1 callers → scoring', of: inbound((variant) => `Callers${variant}`) },
    { name: 'Q1 anyone → scoring', of: inbound(() => '*') },
  ],
  Outbound: [
    {
      name: 'Q3 subnet → registry',
      of: outbound('AzureContainerRegistry.WestEurope', {
        protocols: ['Tcp'],
        destinationPorts: ['443'],
      }),
    },
    { name: 'Q2 subnet → network', of: outbound('VirtualNetwork', wholeSubnet) },
    { name: 'Q2 subnet → Internet', of: outbound('Internet', wholeSubnet) },
  ],
};

/** Targets: most milliseconds, least ratio to Z3. */
const targets: Readonly<Record<string, readonly [most: number, least: number]>> = {
  'small-in Q1 callers → scoring': [0.015, 10_000],
  'medium-in Q1 callers → scoring': [0.03, 10_000],
  'worst-in Q1 callers → scoring': [0.1, 10_000],
  'medium-in Q1 anyone → scoring': [0.12, 400],
  'worst-in Q1 anyone → scoring': [15, 400],
  'small-out Q3 subnet → registry': [0.005, 20_000],
  'medium-out Q3 subnet → registry': [0.005, 20_000],
  'worst-out Q3 subnet → registry': [0.04, 20_000],
  'small-out Q2 subnet → network': [0.04, 1500],
  'medium-out Q2 subnet → network': [0.6, 1500],
  'worst-out Q2 subnet → network': [0.3, 1500],
  'small-out Q2 subnet → Internet': [0.2, 600],
  'medium-out Q2 subnet → Internet': [1.3, 600],
  'worst-out Q2 subnet → Internet': [65, 80],
};

function publishedTags(): Tags {
  const folder =
    process.env.PORTCULLIS_FIXTURES ?? join(import.meta.dirname, '../../shared/fixtures');
  try {
    const list: { values: { name: string; properties: { addressPrefixes: string[] } }[] } =
      JSON.parse(readFileSync(join(folder, 'service-tags.json'), 'utf8'));
    return new Map(
      list.values.map(({ name, properties }) => [name.toLowerCase(), properties.addressPrefixes]),
    );
  } catch (error) {
    console.log(`No published tags (${String(error)}): groups that name them are skipped.`);
    return new Map();
  }
}

function questionOf(written: WrittenQuestion, except = addressSet(uncertainBlocks)): Question {
  const ranges = (texts: readonly string[]) => texts.flatMap((text) => parsePortRange(text) ?? []);
  return {
    direction: written.direction,
    protocols: protocols.filter((protocol) => written.protocols.includes(protocol)),
    source: parseAddressMatch(written.source),
    sourcePorts: ranges(written.sourcePorts),
    destination: parseAddressMatch(written.destination),
    destinationExcept: except,
    destinationPorts: ranges(written.destinationPorts),
  };
}

function chainOf(rules: readonly WrittenRule[]): readonly RuleList[] {
  const group = parseNetworkSecurityGroup({ id: '/nsg', properties: { securityRules: rules } });
  return [{ kind: 'securityGroup', at: group.id, name: group.name, rules: group.rules }];
}

/** Two questions to Z3 make one of ours: is some packet let through, is some packet not. */
async function z3Time(
  z3: RuleSolver,
  question: WrittenQuestion,
  rules: readonly WrittenRule[],
  world: WrittenWorld,
): Promise<{ readonly answer: string; readonly solve: number }> {
  const formulas = {
    asked: isAsked(question, world),
    'let-through': isLetThrough(question.direction, [], [rules], world),
  };
  return z3.pose(formulas, async (problem) => {
    const start = performance.now();
    const allows = await problem.hasPacket({ asked: true, 'let-through': true });
    const denies = await problem.hasPacket({ asked: true, 'let-through': false });
    const answer = allows ? (denies ? 'partial' : 'allowed') : 'denied';
    return { answer, solve: performance.now() - start };
  });
}

const widths = [32, 9, 9, 10, 12, 9, 10, 10, 9, 9, 12, 10];
const heads = [
  'group, question',
  'least',
  'median',
  'target',
  '',
  'answer',
  'work',
  'Z3',
  'ratio',
  'target',
  '',
  'Z3 restricted',
];

/** The rules that may match something that is asked: what the engine, too, looks at only. */
function restricted(
  question: Question,
  rules: readonly WrittenRule[],
  around: Surroundings,
): readonly WrittenRule[] {
  return rules.filter((rule) => {
    const alone: WrittenRule = { ...rule, properties: { ...rule.properties, access: 'Allow' } };
    const [list] = chainOf([alone]);
    if (list?.kind !== 'securityGroup') return true;
    // Without Azure's own rules, what is allowed is what the rule matches.
    const only = { ...list, rules: list.rules.slice(0, 1) };
    return !decide(question, [only], around).allowed.isEmpty();
  });
}

async function measure(
  z3: RuleSolver | undefined,
  workload: Workload,
  around: Surroundings,
  world: WrittenWorld,
) {
  const chain = chainOf(workload.rules);
  for (const { name, of } of questions[workload.direction]) {
    const except = addressSet(uncertainBlocks);
    const asked = Array.from({ length: variants }, (_, i) => questionOf(of(i), except));
    const [first] = asked;
    if (first === undefined) continue;
    const { answer, work } = decide(first, chain, around);
    const { least: fastest, median: engine } = timing(
      (i) => decide(asked[i % variants] ?? first, chain, around),
      1500,
    );
    const label = `${workload.name} ${name}`;
    const [most = Number.NaN, least = Number.NaN] = targets[label] ?? [];
    const known = !Number.isNaN(most);
    const cells = [
      label,
      time(fastest),
      time(engine),
      known ? `≤ ${time(most)}` : '',
      known ? verdict(engine, most, true) : '',
    ];
    if (z3 === undefined) {
      console.log(line([...cells, answer, work.toLocaleString('en-US')], widths));
      continue;
    }
    const z3Answer = await z3Time(z3, of(0), workload.rules, world);
    const few = await z3Time(z3, of(0), restricted(first, workload.rules, around), world);
    const factor = z3Answer.solve / engine;
    console.log(
      line(
        [
          ...cells,
          answer === z3Answer.answer ? answer : `${answer}, Z3: ${z3Answer.answer}`,
          work.toLocaleString('en-US'),
          time(z3Answer.solve),
          ratio(factor),
          known ? `≥ ${ratio(least)}` : '',
          known ? verdict(factor, least, false) : '',
          time(few.solve),
        ],
        widths,
      ),
    );
  }
}

const everything: Question = questionOf({
  ...tcp,
  direction: 'Outbound',
  protocols: [],
  source: '*',
  destination: '0.0.0.0/0',
  destinationPorts: ['*'],
});

function measureHostile(workload: Workload, around: Surroundings): void {
  const chain = chainOf(workload.rules);
  const start = performance.now();
  const { isComplete, work, answer } = decide(everything, chain, around);
  const cold = performance.now() - start;
  const warm = medianTime(() => decide(everything, chain, around), 1500);
  const narrow = questionOf({
    ...tcp,
    direction: 'Outbound',
    source: '10.20.4.4',
    destination: '20.0.0.0/16',
    destinationPorts: ['443'],
  });
  const one = medianTime(() => decide(narrow, chain, around), 500);
  console.log(
    line(
      [
        workload.name,
        time(warm),
        time(cold),
        isComplete ? answer : 'too complex',
        work.toLocaleString('en-US'),
        time(one),
      ],
      [20, 10, 10, 12, 14, 10],
    ),
  );
}

/** Milliseconds that putting an answer into words may take, by the size in the group's name. */
const describeTargets: Readonly<Record<string, number>> = { small: 2, medium: 10 };

function describeTime(group: string, question: string, set: PacketSet): void {
  const boxes = describe(set);
  const { least, median } = timing(() => describe(set), 500);
  const most = describeTargets[group.split('-')[0] ?? ''];
  const size = JSON.stringify(boxes).length.toLocaleString('en-US');
  console.log(
    line(
      [
        `describe denied of ${group}, ${question}`,
        time(least),
        time(median),
        most === undefined ? '' : `≤ ${time(most)}`,
        most === undefined ? '' : verdict(median, most, true),
        `${boxes.length} boxes, ${size} characters`,
      ],
      [56, 10, 10, 10, 14, 10],
    ),
  );
}

const tags = publishedTags();
const callers: Tags = new Map(
  Array.from({ length: variants }, (_, i) => [
    `callers${i}`,
    [`20.${i}.8.0/22`, `52.${i}.113.0/24`, `10.8.${i}.0/24`],
  ]),
);
const world = worldOf(tags, callers);
/** Z3 is given the fewest prefixes that say the same: it pays for each. */
const merged: WrittenWorld = {
  ...world,
  tags: new Map(
    [...world.tags].map(([name, prefixes]) => {
      const { v4, v6 } = addressSet(prefixes);
      return [name, [...cidrsOf(4, v4), ...cidrsOf(6, v6)]];
    }),
  ),
};
const space = addressSet(network);
const around: Surroundings = {
  virtualNetwork: { atLeast: space, atMost: space },
  serviceTags: serviceTags(
    [...world.tags].map(([name, addressPrefixes]) => ({ name, addressPrefixes })),
  ),
};
const groups = workloads(tags).filter(({ rules }) =>
  rules.every(({ properties }) =>
    [
      ...(properties.sourceAddressPrefixes ?? []),
      ...(properties.destinationAddressPrefixes ?? []),
    ].every(
      (text) =>
        !/^[A-Z]/.test(text) ||
        /^(Virtual|Internet|AzureLoad)/.test(text) ||
        world.tags.has(text.toLowerCase()),
    ),
  ),
);

console.log(line(heads, widths));
if (process.argv.includes('--no-z3')) {
  for (const workload of groups) await measure(undefined, workload, around, world);
} else {
  await withRuleSolver(async (z3) => {
    for (const workload of groups) await measure(z3, workload, around, merged);
  });
}

console.log(
  `\n${line(['hostile, everything', 'warm', 'cold', 'answer', 'work', 'one host'], [20, 10, 10, 12, 14, 10])}`,
);
for (const workload of hostile()) measureHostile(workload, around);

console.log('');
for (const workload of groups) {
  for (const { name, of } of questions[workload.direction].slice(-1)) {
    const { denied, isComplete } = decide(questionOf(of(0)), chainOf(workload.rules), around);
    if (isComplete) describeTime(workload.name, name, denied);
  }
}
console.log(comparisonHeads);
for (const workload of groups) measureDiff(workload, around);
for (const workload of groups) measureLint(workload, around);
for (const workload of groups) {
  for (const { of } of questions[workload.direction].slice(0, 1)) {
    const asked = Array.from({ length: variants }, (_, i) => questionOf(of(i), addressSet([])));
    measureRepair(workload, asked, around);
  }
}
for (const workload of hostile()) measureRewrite(workload, around);
measureReading(tags);

const { heapUsed, rss } = process.memoryUsage();
console.log(
  `\nmemory now ${Math.round(heapUsed / 2 ** 20)} MB of heap, ${Math.round(rss / 2 ** 20)} MB in all`,
);
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
