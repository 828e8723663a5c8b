import type { LiveDiagnosis } from '../shared/compose-live.ts';
import { settingsFileName } from '../shared/settings/settings-from-text.ts';
import { defaultSettings } from '../shared/settings/settings.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { Arguments, Verb } from './arguments.ts';
import { diagnosisLines, isWell } from './diagnosis-lines.ts';
import { cloudFlag, liveSource } from './live-source.ts';
import { progressOn } from './progress.ts';
import { readSettings } from './read-settings.ts';
import { paintFor, readableWidth } from './terminal.ts';
import type { Services, World } from './world.ts';

export const doctorVerb: Verb = {
  name: 'doctor',
  summary:
    'Says whether a scan could read what it needs, what a remediation would need beside that, and how to grant what is missing.',
  usage: 'portcullis doctor [flags]',
  flags: [
    cloudFlag,
    {
      name: 'settings',
      value: '<file>',
      says: `Look at these settings instead of ${settingsFileName} in this folder.`,
    },
    { name: 'quiet', says: 'No progress on standard error.' },
    { name: 'no-color', says: 'No colours; the environment variable NO_COLOR does the same.' },
  ],
  notes: [
    'Signs in as a scan would, looks at what whoever is signed in may do in every subscription it sees, reads once as a scan does, and changes nothing.',
    'Exits with 0 where a scan can read everything, with 3 where something that a scan needs is missing or wrong (a permission, Microsoft Graph, the settings, the clock), and with 2 where nobody is signed in or Azure does not answer. What a remediation would need does not count: another identity needs it.',
  ],
  examples: [
    { command: 'portcullis doctor', says: 'As whoever is signed in with the Azure CLI' },
    { command: 'portcullis doctor --cloud usgov', says: 'In Azure Government' },
  ],
};

/** Looks and says; the exit code: 0 everything is there, 3 something is missing. */
export async function doctor(args: Arguments, world: World, services: Services): Promise<number> {
  const checkIds = (await services.catalogue()).map(({ id }) => id);
  const { settings, problems } = await settingsOrProblems(args.text('settings'), world, checkIds);
  const diagnose = await services.diagnose();
  const progress = progressOn(world, args.has('quiet'));
  const diagnosing = diagnose({
    source: liveSource(args, world),
    settings,
    onProgress: (event) => {
      progress.update(event);
    },
  });
  await Promise.allSettled([diagnosing]);
  await progress.done();
  const diagnosis: LiveDiagnosis = await diagnosing;
  const sheet = {
    width: readableWidth(world.stdout, world.env),
    paint: paintFor(world.stdout, world.env, args.has('no-color')),
  };
  await world.stdout.write(`${diagnosisLines(diagnosis, problems, sheet).join('\n')}\n`);
  return isWell(diagnosis, problems) ? 0 : 3;
}

/** Settings that are wrong are a finding here, and the rest is looked at with the defaults. */
async function settingsOrProblems(
  named: string | undefined,
  world: World,
  checkIds: readonly string[],
) {
  try {
    return { settings: await readSettings(named, world, checkIds), problems: [] };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { settings: defaultSettings(), problems: error.problems };
  }
}
