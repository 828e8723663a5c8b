import { resolve } from 'node:path';
import { userInfo } from 'node:os';
import { passesNow } from '../shared/pipeline/carry-out.ts';
import { type Plan, planHash } from '../shared/remediation/plan.ts';
import { planFileSchema } from '../shared/remediation/plan-schema.ts';
import type { Applied } from '../shared/compose-remediation.ts';
import { appliedText, stepText } from '../shared/reports/applied-text.ts';
import { planLines } from '../shared/reports/plan-text.ts';
import { counted } from '../shared/reports/text-layout.ts';
import { type RemediatorIdentity, remediatorIdentityIn } from '../shared/settings/environment.ts';
import { type Mode, modeNamed, modes } from '../shared/settings/mode.ts';
import { nearest } from '../shared/settings/nearest.ts';
import { settingsFileName } from '../shared/settings/settings-from-text.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { Arguments, Flag, Verb } from './arguments.ts';
import { cloudFlag, liveSource } from './live-source.ts';
import { jsonOf } from './nsg-files.ts';
import { progressOn } from './progress.ts';
import { readSettings } from './read-settings.ts';
import { paintFor, readableWidth } from './terminal.ts';
import type { Services, World } from './world.ts';

/** The variable that names who alone may change something; without it nothing is written. */
const remediatorVariable = 'PORTCULLIS_REMEDIATOR_CLIENT_ID';

/** How a verb that changes something asks, and prints. */
export const changingFlags: readonly Flag[] = [
  { name: 'yes', short: 'y', says: 'Do not ask.' },
  { name: 'quiet', says: 'No progress on standard error.' },
  { name: 'no-color', says: 'No colours; the environment variable NO_COLOR does the same.' },
];

export const applyVerb: Verb = {
  name: 'apply',
  summary:
    'Carries out plans that portcullis plan --format json wrote: reads the live state, proves each plan again on it, writes, verifies, and takes back what does not verify.',
  usage: 'portcullis apply <plan-file> [flags]',
  operands: ['<plan-file>'],
  flags: [
    {
      name: 'plan',
      value: '<id>',
      repeatable: true,
      says: 'Carry out this plan only: its id, the 16 digits after the word "plan".',
    },
    {
      name: 'fingerprint',
      value: '<fingerprint>',
      repeatable: true,
      says: 'Carry out the plan for this finding only.',
    },
    cloudFlag,
    {
      name: 'settings',
      value: '<file>',
      says: `Read the settings from here instead of ${settingsFileName} in this folder. The mode in them has to be remediate.`,
    },
    ...changingFlags,
  ],
  notes: [
    `Nothing is written unless ${remediatorVariable} names the application (client) id of whoever may change something, and it signs in: with PORTCULLIS_REMEDIATOR_CLIENT_SECRET in AZURE_TENANT_ID, or as whoever is signed in on this machine, if that is the one; unless the mode of the check is remediate, in the settings, in PORTCULLIS_MAX_MODE where it is set, and in the cluster's tag portcullis:mode; and unless the plan is as it was made, and not expired.`,
    'Each step is written to portcullis-<id>.jsonl in this folder before the next one is taken. Where a run breaks off, the same command goes on; portcullis rollback takes the file.',
    'Exit codes: 0 all are done or no longer needed, 1 a change failed and what was made of it was taken back, 2 it could not be tried, 3 something was refused, is void, or waits.',
  ],
  examples: [
    { command: 'portcullis apply plans.json', says: 'Show the plans, ask, and carry them out' },
    {
      command: 'portcullis apply plans.json --plan 494321eafeaa7752 --yes',
      says: 'One of them, without asking',
    },
  ],
};

/** Carries out the plans of a file; the exit code. */
export async function apply(args: Arguments, world: World, services: Services): Promise<number> {
  const [path = ''] = args.operands;
  const everything = plansIn(await jsonOf('plan file', path, world), path);
  const plans = chosen(everything, args);
  asMade(everything, path);
  fresh(plans, path, world.now());
  const identity = remediatorIn(world);
  const checkIds = (await services.catalogue()).map(({ id }) => id);
  const settings = await readSettings(args.text('settings'), world, checkIds);
  const sheet = {
    paint: paintFor(world.stdout, world.env, args.has('no-color')),
    width: readableWidth(world.stdout, world.env),
  };
  const shown = plans.flatMap((plan) => [...planLines(plan, sheet), '']);
  await world.stdout.write(`${shown.join('\n')}\n`);
  if (!(await agreed(`Carry out ${counted(plans.length, 'plan')}?`, args, world))) return 0;
  const signal = world.interruption();
  const progress = progressOn(world, args.has('quiet'));
  const openApplier = await services.openApplier();
  const opening = openApplier({
    source: liveSource(args, world),
    identity,
    settings,
    maxMode: maxModeIn(world),
    folder: world.folder,
    by: whoAsks(),
    now: world.now,
    onProgress: (event) => {
      progress.update(event);
    },
  });
  await Promise.allSettled([opening]);
  await progress.done();
  const applier = await opening;
  const ended: Applied[] = [];
  for (const plan of plans) {
    // What has begun is brought to its end; the rest is left.
    if (signal.aborted) break;
    const siblings = everything.filter(({ id }) => id !== plan.id);
    const applied = await applier.apply(plan, siblings, (row) => {
      const text = stepText(row);
      if (text !== undefined && !args.has('quiet')) void world.stderr.write(`  ${text}\n`);
    });
    ended.push(applied);
    await world.stdout.write(`${appliedText(plan, applied, sheet)}\n`);
  }
  return exitCodeFor(ended, plans.length);
}

function exitCodeFor(ended: readonly Applied[], asked: number): number {
  const kinds = ended.map(({ result, because = '' }) => {
    if (result.kind === 'waiting') return 'left';
    if (result.outcome === 'rolledBack' || result.outcome === 'partlyRolledBack') return 'back';
    const isNeedless = result.outcome === 'void' && because === passesNow;
    return result.outcome === 'done' || isNeedless ? 'done' : 'left';
  });
  if (kinds.includes('back')) return 1;
  return kinds.includes('left') || ended.length < asked ? 3 : 0;
}

function plansIn(json: unknown, path: string): readonly Plan[] {
  const parsed = planFileSchema.safeParse(json);
  if (parsed.success && parsed.data.plans.length > 0) return parsed.data.plans;
  if (parsed.success) throw new UsageError([`plan file ${path} holds no plan`]);
  const advice = 'take the file as portcullis plan --format json wrote it';
  throw new UsageError(
    parsed.error.issues
      .slice(0, 5)
      .map(({ path: at, message }) => `plan file ${path}: ${at.join('.')}: ${message}; ${advice}`),
  );
}

function chosen(plans: readonly Plan[], args: Arguments): readonly Plan[] {
  const ids = args.list('plan').map((text) => text.toLowerCase());
  const fingerprints = args.list('fingerprint').map((text) => text.toLowerCase());
  if (ids.length + fingerprints.length === 0) return plans;
  const problems = [
    ...absent(
      'plan',
      ids,
      plans.map(({ id }) => id),
    ),
    ...absent(
      'fingerprint',
      fingerprints,
      plans.map(({ fingerprint }) => fingerprint),
    ),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  return plans.filter(
    ({ id, fingerprint }) => ids.includes(id) || fingerprints.includes(fingerprint),
  );
}

function absent(flag: string, asked: readonly string[], there: readonly string[]): string[] {
  return asked
    .filter((one) => !there.includes(one))
    .map((one) => {
      const meant = nearest(one, there);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return `--${flag} "${one}" is not in the plan file${hint}`;
    });
}

/** Those that are not asked for, too: each is proven beside all others of its file. @throws UsageError */
function asMade(plans: readonly Plan[], path: string): void {
  const problems = plans
    .filter((plan) => planHash(plan) !== plan.hash || !plan.hash.startsWith(plan.id))
    .map(({ id }) => `plan file ${path}: plan ${id} was changed after it was made; make a new one`);
  if (problems.length > 0) throw new UsageError(problems);
}

/** @throws UsageError for plans that are too old. */
function fresh(plans: readonly Plan[], path: string, now: Date): void {
  const problems = plans
    .filter(({ expiresAt }) => Date.parse(expiresAt) <= now.getTime())
    .map(
      ({ id, expiresAt }) =>
        `plan file ${path}: plan ${id} expired at ${expiresAt}; make a new one`,
    );
  if (problems.length > 0) throw new UsageError(problems);
}

/** @throws UsageError where nobody may change anything. */
export function remediatorIn({ env }: Pick<World, 'env'>): RemediatorIdentity {
  const identity = remediatorIdentityIn(env);
  if (identity !== undefined) return identity;
  throw new UsageError([
    `nothing is written without ${remediatorVariable}; set it to the application (client) id of whoever may change something, and sign in as that one`,
  ]);
}

function maxModeIn({ env }: Pick<World, 'env'>): Mode {
  const text = env['PORTCULLIS_MAX_MODE']?.trim() ?? '';
  const mode = text === '' ? 'remediate' : modeNamed(text);
  if (mode !== undefined) return mode;
  throw new UsageError([`PORTCULLIS_MAX_MODE must be one of ${modes.join(', ')}`]);
}

/** The name that the machine knows a person by, for the journal. */
export function whoAsks(): string {
  try {
    return `${userInfo().username} at the command`;
  } catch {
    // Containers have users without a name.
    return 'somebody at the command';
  }
}

/**
 * Whether a person agrees. @throws UsageError where nobody can be asked, and `--yes` is not given.
 */
export async function agreed(question: string, args: Arguments, world: World): Promise<boolean> {
  if (args.has('yes')) return true;
  if (world.stdinIsTerminal !== true) {
    throw new UsageError(['nobody can be asked here; look at the plans, then give --yes']);
  }
  await world.stdout.write(`${question} [y/N] `);
  let text = '';
  for await (const chunk of world.stdin) {
    text += new TextDecoder().decode(chunk);
    if (text.includes('\n')) break;
  }
  const isYes = /^\s*y(es)?\s*$/i.test(text.split('\n')[0] ?? '');
  if (!isYes) await world.stdout.write('Nothing was changed.\n');
  return isYes;
}

/** Where a journal lies that is named by its path or its id. */
export function journalNamed(text: string, folder: string): string {
  return resolve(
    folder,
    /^[0-9a-f]{16}$/i.test(text) ? `portcullis-${text.toLowerCase()}.jsonl` : text,
  );
}
