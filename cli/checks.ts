import { fit, hang } from '../shared/reports/text-layout.ts';
import type { Arguments, Verb } from './arguments.ts';
import { paintFor, widthOf } from './terminal.ts';
import type { Services, World } from './world.ts';

export const checksVerb: Verb = {
  name: 'checks',
  summary: 'Lists the checks of the catalogue.',
  usage: 'portcullis checks [flags]',
  flags: [
    {
      name: 'format',
      value: 'table|json',
      oneOf: ['table', 'json'],
      fallback: 'table',
      says: 'How to print the list.',
    },
    { name: 'no-color', says: 'No colours; the environment variable NO_COLOR does the same.' },
  ],
  notes: [
    'Check ids are never renamed and never reused: settings, pipelines and dashboards may rely on them.',
  ],
  examples: [
    { command: 'portcullis checks', says: 'Read the catalogue' },
    { command: 'portcullis checks --format json', says: 'Use it in a script' },
  ],
};

/** Prints the catalogue; the exit code. */
export async function checks(args: Arguments, world: World, services: Services): Promise<number> {
  const catalogue = await services.catalogue();
  if (args.text('format') === 'json') {
    const entries = catalogue.map(({ id, title, severity, appliesTo, remediation, source }) => ({
      id,
      title,
      severity,
      appliesTo,
      remediation,
      source,
    }));
    await world.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
    return 0;
  }
  const paint = paintFor(world.stdout, world.env, args.has('no-color'));
  const width = Math.min(120, Math.max(60, widthOf(world.stdout, world.env)));
  for (const { id, title, severity, remediation } of catalogue) {
    const room = width - 2 - 10 - 12;
    const head = `${paint(fit(severity, 8), severity)}  ${paint(fit(id, room), 'strong')}  ${remediation}`;
    await world.stdout.write(`${[head, ...hang(' '.repeat(10), title, width)].join('\n')}\n\n`);
  }
  return 0;
}
