import { explanationText } from '../shared/reports/explain-text.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { Arguments, Verb } from './arguments.ts';
import { printingFlags, sourceFlags } from './audit-flags.ts';
import { progressOn } from './progress.ts';
import { readSettings } from './read-settings.ts';
import { noCheck, sourceOf } from './scan.ts';
import { paintFor, readableWidth } from './terminal.ts';
import type { Services, World } from './world.ts';

export const explainVerb: Verb = {
  name: 'explain',
  summary:
    'Explains one cluster: what is known of it, the ways of its packets and permissions drawn hop by hop, and every verdict with its proof and fix.',
  usage: 'portcullis explain <cluster> [--estate <path> | --demo] [flags]',
  operands: ['<cluster>'],
  flags: [
    ...sourceFlags,
    {
      name: 'check',
      value: '<id>',
      repeatable: true,
      says: 'Give only the verdict of this check.',
    },
    ...printingFlags,
  ],
  notes: [
    '<cluster> is the name or the resource id of an inference cluster. Of a live tenant, an id is quicker: only its subscription is looked into.',
    'In the drawings, ✓ lets pass, ✗ stops, ~ stops some, ? could not be read, and · is never reached. A way that is dashed is open perhaps, or in part. A packet after ▸ is an example.',
    'A command that is offered as a fix has been proven on the rules as they were read; read it before you run it.',
  ],
  examples: [
    {
      command: 'portcullis explain allow-names-yesterdays-ip --demo',
      says: 'Why nobody can call a cluster of the demo',
    },
    { command: 'portcullis explain fraud-prod', says: 'A cluster of the tenant, by its name' },
    {
      command: 'portcullis explain fraud-prod --estate ./export --format json',
      says: 'The same of exported rows, for a program',
    },
  ],
};

/** Explains and prints; the exit code. Throws a `UsageError` where no cluster is meant, or several. */
export async function explain(args: Arguments, world: World, services: Services): Promise<number> {
  const source = sourceOf(args, world);
  const checkIds = (await services.catalogue()).map(({ id }) => id);
  const checks = args.list('check');
  const unknown = checks.filter((id) => !checkIds.includes(id)).map((id) => noCheck(id, checkIds));
  if (unknown.length > 0) throw new UsageError(unknown);
  const demoSettings = source.kind === 'demo' ? await services.demoSettingsPath() : undefined;
  const settings = await readSettings(args.text('settings') ?? demoSettings, world, checkIds);
  const [cluster = ''] = args.operands;
  const subscription = /^\/subscriptions\/([^/]+)\//i.exec(cluster)?.[1];
  const progress = progressOn(world, args.has('quiet'));
  const explainCluster = await services.explainCluster();
  const explaining = explainCluster({
    cluster,
    source,
    settings,
    ...(checks.length === 0 ? {} : { checks }),
    ...(subscription === undefined ? {} : { subscriptions: [subscription] }),
    strict: args.has('strict'),
    now: world.now,
    onProgress: (event) => {
      progress.update(event);
    },
  });
  await Promise.allSettled([explaining]);
  await progress.done();
  const explanation = await explaining;
  await world.stdout.write(
    args.text('format') === 'json'
      ? `${JSON.stringify(explanation, null, 2)}\n`
      : explanationText(explanation, {
          paint: paintFor(world.stdout, world.env, args.has('no-color')),
          width: readableWidth(world.stdout, world.env),
        }),
  );
  return 0;
}
