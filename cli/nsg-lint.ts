import type { LintFinding } from '../shared/network/lint-finding.ts';
import type { Paint, Tone } from '../shared/reports/paint.ts';
import { counted, hang, plainText } from '../shared/reports/text-layout.ts';
import type { Arguments, Verb } from './arguments.ts';
import {
  asked,
  jsonOf,
  jsonOfFlag,
  printingFlags,
  surroundingsFlags,
  vnetOf,
} from './nsg-files.ts';
import { paintFor, readableWidth } from './terminal.ts';
import type { Services, World } from './world.ts';

export const nsgLintVerb: Verb = {
  name: 'nsg lint',
  summary: 'Finds rules of a network security group that its author probably did not mean.',
  usage: 'portcullis nsg lint <file> [flags]',
  operands: ['<file>'],
  flags: [...surroundingsFlags, ...printingFlags],
  notes: [
    'The file is a network security group as Azure Resource Manager returns it. Only what holds whatever the unresolved tags and groups contain is reported, each with a packet that shows it.',
    'shadowed: the rule never decides a packet. redundant: without it nothing changes; all shadowed and redundant rules may be removed at once. conflict: the rule overlaps with an earlier one that does the opposite, neither holds the other, and their order alone decides. unreachable-port: earlier rules take every packet to some of its ports. broad: an inbound Allow lets every public address reach a port of remote administration, or more than 1,024 ports. unknown: too complex to say within the work that one rule may cost.',
  ],
  examples: [
    { command: 'portcullis nsg lint nsg.json', says: 'Which rules do nothing?' },
    {
      command: 'portcullis nsg lint nsg.json --vnet 10.0.0.0/16 --service-tags tags.json',
      says: 'With names resolved, more can be proven',
    },
  ],
};

/** Looks for oddities and prints them; the exit code. Throws a `UsageError` for what cannot be done. */
export async function nsgLint(args: Arguments, world: World, services: Services): Promise<number> {
  const [file = ''] = args.operands;
  const query = {
    nsg: await jsonOf('<file>', file, world),
    vnet: vnetOf(args),
    serviceTags: await jsonOfFlag(args, 'service-tags', world),
  };
  const lint = await services.lint();
  const { rows, findings } = asked(() => lint(query));
  if (args.text('format') === 'json') {
    await world.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return 0;
  }
  const paint = paintFor(world.stdout, world.env, args.has('no-color'));
  const width = readableWidth(world.stdout, world.env);
  await world.stdout.write(lintText(findings, paint, width));
  return 0;
}

const tones: Readonly<Record<LintFinding['kind'], Tone>> = {
  shadowed: 'medium',
  redundant: 'low',
  conflict: 'low',
  'unreachable-port': 'medium',
  broad: 'high',
  unknown: 'unknown',
};

function lintText(findings: readonly LintFinding[], paint: Paint, width: number): string {
  if (findings.length === 0)
    return 'Nothing odd: every rule decides packets that no other would.\n';
  const priorities = Math.max(...findings.map(({ rule }) => String(rule.priority).length));
  return [
    ...findings.flatMap(({ rule, kind, says }) => [
      `${paint(kind, tones[kind])}  ${rule.direction.padEnd(8)}  ${String(rule.priority).padStart(priorities)}  ${plainText(rule.name)}`,
      ...hang('  ', says, width),
      '',
    ]),
    paint(counted(findings.length, 'finding'), 'strong'),
    '',
  ].join('\n');
}
