import { severities } from '../shared/model/verdict.ts';
import { type WhatIf, isTold } from '../shared/reports/what-if.ts';
import { whatIfMarkdown } from '../shared/reports/what-if-markdown.ts';
import { whatIfSarif } from '../shared/reports/what-if-sarif.ts';
import { whatIfText } from '../shared/reports/what-if-text.ts';
import type { WhatIfOptions } from '../shared/compose.ts';
import type { Arguments, Flag } from './arguments.ts';
import { type FailOn, failOnLevels } from './exit-code.ts';
import { asked, jsonOf } from './nsg-files.ts';
import { paintFor, readableWidth } from './terminal.ts';
import type { Services, World } from './world.ts';

/** How what a change would do can be printed. */
export const whatIfFormats = ['table', 'json', 'sarif', 'markdown'] as const;

/** Flags of `plan` that ask what somebody else's change would do. */
export const whatIfFlags: readonly Flag[] = [
  {
    name: 'what-if',
    value: '<file>',
    says: 'Instead of planning, say which clusters this change would break or mend: a resource or security rule as Azure Resource Manager returns it, what az deployment group what-if --no-pretty-print prints, or what terraform show -json prints of a plan.',
  },
  {
    name: 'fail-on',
    value: failOnLevels.join('|'),
    oneOf: failOnLevels,
    fallback: 'never',
    says: 'With --what-if: exit with 1 if a verdict would come to fail this severely, with 3 if not everything can be told. Exempt failures and info do not count.',
  },
];

/** Says what the change in a file would do, once `done` has cleared the progress; the exit code. Throws a `UsageError` for a file that holds none. */
export async function whatIf(
  file: string,
  options: Omit<WhatIfOptions, 'proposal'>,
  args: Arguments,
  world: World,
  services: Services,
  done: () => Promise<void>,
): Promise<number> {
  const proposal = await jsonOf('--what-if', file, world);
  const { parse, judge } = await services.whatIf();
  const changes = asked(() => parse(proposal));
  const judging = judge({ ...options, proposal: changes });
  await Promise.allSettled([judging]);
  await done();
  const found = await judging;
  const format = whatIfFormats.find((one) => one === args.text('format')) ?? 'table';
  await world.stdout.write(await printed(found, format, args, world, services));
  const failOn = failOnLevels.find((level) => level === args.text('fail-on')) ?? 'never';
  return exitCodeOf(found, failOn);
}

async function printed(
  found: WhatIf,
  format: (typeof whatIfFormats)[number],
  args: Arguments,
  world: World,
  services: Services,
): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(jsonOfWhatIf(found), null, 2)}\n`;
    case 'sarif':
      return whatIfSarif(found, { checks: await services.catalogue(), version: world.version });
    case 'markdown':
      return whatIfMarkdown(found);
    case 'table':
      return whatIfText(found, {
        paint: paintFor(world.stdout, world.env, args.has('no-color')),
        width: readableWidth(world.stdout, world.env),
      });
    default:
      return format satisfies never;
  }
}

/** The same for a program; packets as boxes, all of them. */
function jsonOfWhatIf(found: WhatIf) {
  return {
    schemaVersion: 1,
    complete: isTold(found),
    ...found,
    clusters: found.clusters.map(({ packets, ...cluster }) => ({
      ...cluster,
      packets: packets.map(({ diff, ...change }) => ({ ...change, ...diff.answer })),
    })),
  };
}

function exitCodeOf(found: WhatIf, failOn: FailOn): 0 | 1 | 3 {
  if (failOn === 'never') return 0;
  const counted: readonly string[] = severities.slice(0, severities.indexOf(failOn) + 1);
  const breaks = found.clusters.some(({ verdicts }) =>
    verdicts.some(
      ({ effect, after }) =>
        effect === 'breaks' && after?.exempt === null && counted.includes(after.severity),
    ),
  );
  if (breaks) return 1;
  return isTold(found) ? 0 : 3;
}
