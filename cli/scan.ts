import { resolve } from 'node:path';
import { withBaseline } from '../shared/reports/baseline.ts';
import type { ReportOutcome } from '../shared/reports/json-report.ts';
import { plainPaint } from '../shared/reports/paint.ts';
import { reportFormats, reportIn } from '../shared/reports/report-formats.ts';
import type { RuledCheck } from '../shared/reports/sarif-report.ts';
import type { Audit, ScanSource } from '../shared/reports/scan.ts';
import { nearestFew } from '../shared/settings/nearest.ts';
import { settingsFileName } from '../shared/settings/settings-from-text.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { Arguments, Verb } from './arguments.ts';
import { exitCodeOf, failOnLevels } from './exit-code.ts';
import { progressOn } from './progress.ts';
import { cloudFlag, liveSource } from './live-source.ts';
import { readSettings } from './read-settings.ts';
import { openReportFile } from './report-file.ts';
import { readBaseline } from '../shared/adapters/files/baseline-file.ts';
import { fileSpool } from '../shared/adapters/files/spool-file.ts';
import { paintFor, widthOf } from './terminal.ts';
import type { Services, World } from './world.ts';

export const scanVerb: Verb = {
  name: 'scan',
  summary: 'Audits the inference clusters of a tenant or an estate and prints a report.',
  usage: 'portcullis scan [--estate <path> | --demo] [flags]',
  flags: [
    {
      name: 'estate',
      value: '<path>',
      says: 'Read this file or folder instead of Azure: rows as Azure Resource Graph returns them, as JSON or JSON lines.',
    },
    { name: 'demo', says: 'Read the estate that comes with the command.' },
    cloudFlag,
    {
      name: 'settings',
      value: '<file>',
      says: `Read the settings from here instead of ${settingsFileName} in this folder, or those of the demo.`,
    },
    { name: 'check', value: '<id>', repeatable: true, says: 'Run only this check.' },
    {
      name: 'cluster',
      value: '<id or name>',
      repeatable: true,
      says: 'Report only this cluster.',
    },
    {
      name: 'subscription',
      value: '<id>',
      repeatable: true,
      says: 'Look only in this subscription.',
    },
    {
      name: 'management-group',
      value: '<name or id>',
      repeatable: true,
      says: 'Look only below this management group.',
    },
    {
      name: 'format',
      value: reportFormats.join('|'),
      oneOf: reportFormats,
      fallback: 'table',
      says: 'How to print the report; docs/reports.md says which is for what.',
    },
    { name: 'output', short: 'o', value: '<file>', says: 'Write the report here.' },
    {
      name: 'fail-on',
      value: failOnLevels.join('|'),
      oneOf: failOnLevels,
      fallback: 'never',
      says: 'Exit with 1 on a failure at least this severe, with 3 if not everything could be read. Exempt failures and info do not count.',
    },
    {
      name: 'baseline',
      value: '<report.json>',
      says: 'Hold the report against an earlier one, which --format json wrote: failures are marked as new or unchanged, those that are fixed are counted, and --fail-on counts the new ones only.',
    },
    {
      name: 'strict',
      says: 'What the estate does not hold is unknown, instead of taken as empty and listed as assumed.',
    },
    { name: 'quiet', says: 'No progress on standard error.' },
    { name: 'no-color', says: 'No colours; the environment variable NO_COLOR does the same.' },
  ],
  notes: [
    'The report goes to standard output, progress to standard error. With --check, --cluster or --subscription the posture covers only what ran.',
    'An unknown verdict is never a pass: what could not be read is listed, with the reason.',
  ],
  examples: [
    { command: 'portcullis scan --demo', says: 'See it at work, without an Azure account' },
    {
      command: 'portcullis scan --management-group mg-online --fail-on high',
      says: 'Audit what lies below a management group, as whoever is signed in',
    },
    {
      command: 'portcullis scan --estate ./export --format json -o report.json',
      says: 'Audit exported rows and keep the report',
    },
    {
      command: 'portcullis scan --estate ./export --fail-on high --quiet',
      says: 'In a pipeline: fail on what is high or critical',
    },
    {
      command:
        'portcullis scan --estate ./export --cluster fraud-prod --check scoring-inbound-allowed',
      says: 'One question about one cluster',
    },
  ],
};

/** Audits and prints; the exit code. Throws a `UsageError` for what cannot be done as asked. */
export async function scan(args: Arguments, world: World, services: Services): Promise<number> {
  const source = sourceOf(args, world);
  const catalogue = await services.catalogue();
  const checkIds = catalogue.map(({ id }) => id);
  const checks = args.list('check');
  const unknown = checks.filter((id) => !checkIds.includes(id)).map((id) => noCheck(id, checkIds));
  if (unknown.length > 0) throw new UsageError(unknown);
  // The demo's settings say what its company wants; a file that lies about in the folder does not.
  const demoSettings = source.kind === 'demo' ? await services.demoSettingsPath() : undefined;
  const settings = await readSettings(args.text('settings') ?? demoSettings, world, checkIds);
  const output = args.text('output');
  const path = output === undefined ? undefined : resolve(world.folder, output);
  if (path !== undefined && source.kind === 'estate' && path === source.path) {
    throw new UsageError([`--output ${path} is the estate itself; name another file`]);
  }
  const baselinePath = args.text('baseline');
  const baseline =
    baselinePath === undefined
      ? undefined
      : await readBaseline(resolve(world.folder, baselinePath));
  const file = path === undefined ? undefined : await openReportFile(path);
  const progress = progressOn(world, args.has('quiet'));
  try {
    const startAudit = await services.startAudit();
    const audit = await startAudit({
      source,
      settings,
      ...(checks.length === 0 ? {} : { checks }),
      ...listed('clusters', args.list('cluster')),
      ...listed('subscriptions', args.list('subscription')),
      ...listed('managementGroups', args.list('management-group')),
      strict: args.has('strict'),
      now: world.now,
      onProgress: (event) => {
        progress.update(event);
      },
    });
    const held = baseline === undefined ? audit : withBaseline(audit, baseline);
    const report = reportOf(held, args, world, catalogue, file !== undefined);
    const outcome = await drain(report, async (text) => {
      await progress.done();
      await (file ?? world.stdout).write(text);
    });
    await file?.keep();
    return exitCodeOf(
      outcome,
      failOnLevels.find((level) => level === args.text('fail-on')) ?? 'never',
    );
  } catch (error) {
    await progress.done();
    await file?.discard();
    throw error;
  }
}

/** What to say of a `--check` that does not exist. */
export function noCheck(id: string, checkIds: readonly string[]): string {
  const near = nearestFew(id, checkIds, 3);
  const hint =
    near.length === 0 ? 'portcullis checks lists them' : `did you mean ${near.join(' or ')}?`;
  return `--check "${id}" is no check; ${hint}`;
}

/** Where the flags say to read from. */
export function sourceOf(args: Arguments, world: World): ScanSource {
  const estate = args.text('estate');
  if (estate !== undefined && args.has('demo')) {
    throw new UsageError(['--estate and --demo exclude each other; give one of them']);
  }
  if (args.has('cloud') && (estate !== undefined || args.has('demo'))) {
    throw new UsageError(['--cloud says where to read live, and --estate or --demo not to']);
  }
  if (args.has('demo')) return { kind: 'demo' };
  if (estate !== undefined) return { kind: 'estate', path: resolve(world.folder, estate) };
  return liveSource(args, world);
}

function listed<K extends string>(key: K, values: readonly string[]) {
  return values.length === 0 ? {} : { [key]: values };
}

function reportOf(
  audit: Audit,
  args: Arguments,
  { stdout, env, version }: World,
  checks: readonly RuledCheck[],
  toFile: boolean,
): AsyncGenerator<string, ReportOutcome> {
  const format = reportFormats.find((one) => one === args.text('format')) ?? 'table';
  const table = toFile
    ? { paint: plainPaint }
    : { paint: paintFor(stdout, env, args.has('no-color')), width: widthOf(stdout, env) };
  return reportIn(format, audit, { table, checks, version, spool: fileSpool });
}

async function drain<T>(
  pieces: AsyncGenerator<string, T>,
  write: (text: string) => Promise<void>,
): Promise<T> {
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) return next.value;
    await write(next.value);
  }
}
