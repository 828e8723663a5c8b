import { join, resolve } from 'node:path';
import { UsageError } from '../shared/settings/usage-error.ts';
import { counted } from '../shared/reports/text-layout.ts';
import type { Arguments, Verb } from './arguments.ts';
import { cloudFlag, liveSource } from './live-source.ts';
import { progressOn } from './progress.ts';
import { redactedSettingsName, settingsFileName } from '../shared/settings/settings-from-text.ts';
import { readSettings } from './read-settings.ts';
import type { Services, World } from './world.ts';

export const exportVerb: Verb = {
  name: 'export',
  summary: 'Writes what a live scan would read as an estate, to be audited offline.',
  usage: 'portcullis export --output <folder> [flags]',
  flags: [
    {
      name: 'output',
      short: 'o',
      value: '<folder>',
      says: 'Write the estate into this new folder.',
    },
    cloudFlag,
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
      name: 'settings',
      value: '<file>',
      says: `Read the settings from here instead of ${settingsFileName} in this folder: they say which clusters are meant.`,
    },
    {
      name: 'redact',
      says: 'Replace names, ids and addresses by others and leave free text out; the verdicts stay the same.',
    },
    { name: 'quiet', says: 'No progress on standard error.' },
  ],
  notes: [
    'The folder holds a file of JSON lines for each type of resource and a manifest that says what was read and what could not be. It describes networks and permissions: keep it as you keep those. Only you can read it.',
    'With --redact the folder tells nobody whose it is: the same name becomes the same other name everywhere, addresses keep their prefixes and nothing else, and the key to it is kept nowhere. The settings lie beside it, in the same names. docs/estate.md says what stays.',
    'Nothing is changed in Azure.',
  ],
  examples: [
    {
      command: 'portcullis export -o ./estate',
      says: 'Everything that whoever is signed in may read',
    },
    {
      command: 'portcullis export --redact -o ./shared',
      says: 'To show somebody else, who gets the same verdicts',
    },
    { command: 'portcullis scan --estate ./estate', says: 'The same audit as live, offline' },
  ],
};

/** Exports; the exit code is 0 although something could not be read: the manifest says so. */
export async function exportRows(
  args: Arguments,
  world: World,
  services: Services,
): Promise<number> {
  const output = args.text('output');
  if (output === undefined) {
    throw new UsageError(['say where to write the estate: --output <folder>']);
  }
  const checkIds = (await services.catalogue()).map(({ id }) => id);
  const settings = await readSettings(args.text('settings'), world, checkIds);
  const progress = progressOn(world, args.has('quiet'));
  const folder = resolve(world.folder, output);
  const exportEstate = await services.exportEstate();
  const subscriptions = args.list('subscription');
  const managementGroups = args.list('management-group');
  const exporting = exportEstate({
    source: liveSource(args, world),
    folder,
    settings,
    ...(subscriptions.length === 0 ? {} : { subscriptions }),
    ...(managementGroups.length === 0 ? {} : { managementGroups }),
    ...(args.has('redact') ? { redact: true } : {}),
    now: world.now,
    onProgress: (event) => {
      progress.update(event);
    },
  });
  await Promise.allSettled([exporting]);
  await progress.done();
  const { rows, gaps, files } = await exporting;
  await world.stdout.write(
    `${counted(rows, 'row')} in ${counted(files, 'file')} in ${folder}\n${
      gaps === 0
        ? 'Everything could be read.'
        : `${counted(gaps, 'thing')} could not be read; the manifest lists them, and portcullis scan reports them.`
    }\n${
      args.has('redact')
        ? `Redacted. Look through it before you hand it on; it is audited with --settings ${join(output, redactedSettingsName)}.\n`
        : ''
    }`,
  );
  return 0;
}
