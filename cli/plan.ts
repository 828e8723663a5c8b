import { plansText } from '../shared/reports/plan-text.ts';
import type { ScanProgress } from '../shared/reports/scan.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { Arguments, Verb } from './arguments.ts';
import { readingFlags, sourceFlags } from './audit-flags.ts';
import { progressOn } from './progress.ts';
import { readSettings } from './read-settings.ts';
import { noCheck, sourceOf } from './scan.ts';
import { paintFor, readableWidth } from './terminal.ts';
import { whatIf, whatIfFlags, whatIfFormats } from './what-if.ts';
import type { Services, World } from './world.ts';

export const planVerb: Verb = {
  name: 'plan',
  summary:
    'Plans what would put failing checks right: the requests, exactly which packets or permissions they open, the proof, and how to undo them. It changes nothing.',
  usage: 'portcullis plan [--what-if <file>] [--estate <path> | --demo] [flags]',
  flags: [
    ...sourceFlags,
    {
      name: 'cluster',
      value: '<id or name>',
      repeatable: true,
      says: 'Plan for this cluster only.',
    },
    { name: 'check', value: '<id>', repeatable: true, says: 'Plan for this check only.' },
    ...whatIfFlags,
    {
      name: 'format',
      value: whatIfFormats.join('|'),
      oneOf: whatIfFormats,
      fallback: 'table',
      says: 'How to print it; SARIF and Markdown are for pull requests, and go with --what-if.',
    },
    ...readingFlags,
  ],
  notes: [
    'A plan is made only where four things are proven on what was read: the check passes with it, it opens nothing that the check did not ask for, it closes nothing else, and no check that passes, of any cluster behind the same security groups, comes to fail or to be unknown. Clusters that were not read are not looked after.',
    'Rules are added before the rule that denies, never edited; a rule of ours is named portcullis-<check>-<8 hex>. Network security groups that AKS manages are never planned for.',
    'Each plan comes with the same change as az commands, as Bicep and as Terraform (in the JSON).',
  ],
  examples: [
    { command: 'portcullis plan --demo', says: 'What would put the demo right' },
    {
      command: 'portcullis plan --demo --cluster allow-names-yesterdays-ip',
      says: 'One cluster of it',
    },
    {
      command: 'portcullis plan --estate ./export --format json',
      says: 'All plans for exported rows, for a program',
    },
    {
      command: 'portcullis plan --what-if change.json --estate ./export --fail-on high',
      says: 'In a pipeline: fail if this deployment would break a cluster',
    },
  ],
};

/** Plans and prints; the exit code. */
export async function plan(args: Arguments, world: World, services: Services): Promise<number> {
  if (args.has('fail-on') && !args.has('what-if')) {
    throw new UsageError(['--fail-on goes with --what-if; plans by themselves fail nothing']);
  }
  const format = args.text('format') ?? 'table';
  if (format !== 'table' && format !== 'json' && !args.has('what-if')) {
    throw new UsageError([`--format ${format} goes with --what-if; plans are table or json`]);
  }
  const source = sourceOf(args, world);
  const checkIds = (await services.catalogue()).map(({ id }) => id);
  const checks = args.list('check');
  const unknown = checks.filter((id) => !checkIds.includes(id)).map((id) => noCheck(id, checkIds));
  if (unknown.length > 0) throw new UsageError(unknown);
  const demoSettings = source.kind === 'demo' ? await services.demoSettingsPath() : undefined;
  const settings = await readSettings(args.text('settings') ?? demoSettings, world, checkIds);
  const clusters = args.list('cluster');
  const progress = progressOn(world, args.has('quiet'));
  const options = {
    source,
    settings,
    ...(checks.length === 0 ? {} : { checks }),
    ...(clusters.length === 0 ? {} : { clusters }),
    strict: args.has('strict'),
    now: world.now,
    onProgress: (event: ScanProgress) => {
      progress.update(event);
    },
  };
  const proposal = args.text('what-if');
  if (proposal !== undefined) {
    return whatIf(proposal, options, args, world, services, () => progress.done());
  }
  const makePlans = await services.makePlans();
  let assumptions: readonly string[] = [];
  const planning = makePlans({
    ...options,
    onAssumptions: (sentences) => {
      assumptions = sentences;
    },
  });
  await Promise.allSettled([planning]);
  await progress.done();
  const planned = await planning;
  const report = {
    plans: planned.flatMap((one) => (one.kind === 'plan' ? [one.plan] : [])),
    unplanned: planned.flatMap((one) => (one.kind === 'unplanned' ? [one.unplanned] : [])),
    assumptions,
  };
  await world.stdout.write(
    args.text('format') === 'json'
      ? `${JSON.stringify(report, null, 2)}\n`
      : plansText(
          planned,
          {
            paint: paintFor(world.stdout, world.env, args.has('no-color')),
            width: readableWidth(world.stdout, world.env),
          },
          assumptions,
        ),
  );
  return 0;
}
