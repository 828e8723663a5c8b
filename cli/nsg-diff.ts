import type { ChangeText, GroupDiff } from '../shared/network/diff.ts';
import { packetLine } from '../shared/packets/packet-line.ts';
import type { Paint } from '../shared/reports/paint.ts';
import { hang } from '../shared/reports/text-layout.ts';
import type { Arguments, Verb } from './arguments.ts';
import { briefLines } from './brief-lines.ts';
import {
  absentSurroundings,
  asked,
  jsonOf,
  jsonOfFlag,
  printingFlags,
  surroundingsFlags,
  vnetOf,
} from './nsg-files.ts';
import { paintFor, readableWidth } from './terminal.ts';
import type { Services, World } from './world.ts';

export const nsgDiffVerb: Verb = {
  name: 'nsg diff',
  summary:
    'Says exactly which packets one network security group lets through and another does not.',
  usage: 'portcullis nsg diff <before> <after> [flags]',
  operands: ['<before>', '<after>'],
  flags: [...surroundingsFlags, ...printingFlags],
  notes: [
    "The files are network security groups as Azure Resource Manager returns them; one without default rules gets Azure's six. Rules are compared by the packets they decide, so that renaming, renumbering or rewriting them without effect is no difference.",
    'Where service tags, application security groups or the virtual network are not resolved, what changes whatever they hold stands apart from what changes perhaps. In JSON, equivalent is true only where it is proven.',
  ],
  examples: [
    {
      command: 'portcullis nsg diff deployed.json proposed.json',
      says: 'What would this change let through?',
    },
    {
      command:
        'portcullis nsg diff deployed.json proposed.json --vnet 10.0.0.0/16 --format json | jq .inbound.newlyAllowed',
      says: 'Only what becomes reachable from outside',
    },
  ],
};

/** Compares and prints; the exit code. Throws a `UsageError` for what cannot be done as asked. */
export async function nsgDiff(args: Arguments, world: World, services: Services): Promise<number> {
  const [before = '', after = ''] = args.operands;
  const query = {
    before: await jsonOf('<before>', before, world),
    after: await jsonOf('<after>', after, world),
    vnet: vnetOf(args),
    serviceTags: await jsonOfFlag(args, 'service-tags', world),
  };
  const diff = await services.diff();
  const found = asked(() => diff(query));
  if (args.text('format') === 'json') {
    await world.stdout.write(`${JSON.stringify(found.answer, null, 2)}\n`);
    return 0;
  }
  const paint = paintFor(world.stdout, world.env, args.has('no-color'));
  const width = readableWidth(world.stdout, world.env);
  await world.stdout.write(diffText(args, found, paint, width));
  return 0;
}

const verdicts = {
  equivalent: 'EQUIVALENT',
  different: 'DIFFERENT',
  unknown: 'UNKNOWN',
} as const;
const verdictTones = {
  equivalent: 'compliant',
  different: 'medium',
  unknown: 'unknown',
} as const;

const mostLines = 20;

function diffText(
  args: Arguments,
  { answer, changed, texts }: GroupDiff,
  paint: Paint,
  width: number,
): string {
  const { verdict, unresolved, reason } = answer;
  const says =
    verdict === 'equivalent'
      ? 'both let exactly the same packets through'
      : verdict === 'unknown'
        ? (reason ?? 'whether anything changes depends on what is not resolved')
        : 'some packets are let through by one of them only';
  const priorities = Math.max(0, ...changed.map(({ rule }) => String(rule.priority).length));
  const advice = unresolved.length === 0 ? [] : absentSurroundings(args);
  return [
    ...hang(`${verdicts[verdict]}  `, says, width).map((line) =>
      line.replace(verdicts[verdict], paint(verdicts[verdict], verdictTones[verdict])),
    ),
    // Above the changes, which may be many: whoever reads them has to know that there may be more.
    ...(reason === undefined || verdict === 'unknown'
      ? []
      : hang('  ', `Only in part: ${reason}`, width)),
    ...(changed.length === 0 ? [] : ['', paint('Rules that only one has', 'strong')]),
    ...changed.flatMap(({ rule, isIn }) =>
      hang(
        `  ${isIn === 'before' ? '-' : '+'} ${rule.direction.padEnd(8)}  ${String(rule.priority).padStart(priorities)}  ${rule.access.padEnd(5)}  `,
        rule.name,
        width,
      ),
    ),
    ...texts(mostLines).flatMap((change) => changeLines(change, paint, width)),
    ...(unresolved.length === 0 ? [] : ['', ...hang('Depends on ', unresolved.join(', '), width)]),
    ...(advice.length === 0 ? [] : hang('  → ', advice.join('; '), width)),
    '',
  ].join('\n');
}

function changeLines(change: ChangeText, paint: Paint, width: number): string[] {
  const { direction, access, isCertain, packets, witness } = change;
  const what = access === 'Allow' ? 'allowed' : 'denied';
  const title = `${direction === 'inbound' ? 'Inbound' : 'Outbound'}, ${isCertain ? 'newly' : 'perhaps newly'} ${what}`;
  const tone = isCertain ? (access === 'Allow' ? 'compliant' : 'nonCompliant') : 'unknown';
  return [
    '',
    paint(title, tone),
    ...(witness === null ? [] : hang('  for instance ', packetLine(witness), width)),
    ...briefLines(packets, width),
  ];
}
