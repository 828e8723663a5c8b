import { hang, wrap } from '../shared/reports/text-layout.ts';
import { type Flag, type Verb, commonFlags } from './arguments.ts';

const width = 80;

/** The help of the command as a whole. */
export function commandHelp(verbs: readonly Verb[]): string {
  const column = Math.max(...verbs.map(({ name }) => name.length)) + 4;
  return [
    'portcullis proves that the networks around your Azure Machine Learning',
    "inference clusters are what Microsoft's guidance asks for.",
    '',
    'Usage: portcullis <verb> [flags]',
    '',
    'Verbs:',
    ...verbs.flatMap(({ name, summary }) => hang(`  ${name}`.padEnd(column), summary, width)),
    '',
    'portcullis <verb> --help explains one of them. To see it at work at once:',
    '',
    '  portcullis scan --demo',
    '',
    ...wrap(
      `Exit codes: ${exitCodes.map(({ code, says }) => `${code} ${says}`).join('; ')}.`,
      width,
    ),
    '',
  ].join('\n');
}

/** The help of one verb. */
export function verbHelp(verb: Verb): string {
  const flags = [...verb.flags, ...commonFlags];
  const left = flags.map(flagUsage);
  const column = Math.min(30, Math.max(...left.map((text) => text.length)) + 4);
  return [
    ...wrap(verb.summary, width),
    '',
    ...hang('Usage: ', verb.usage, width),
    '',
    'Flags:',
    ...flags.flatMap((flag, index) => {
      const usage = `  ${left[index] ?? ''}`;
      const says = flagSays(flag);
      return usage.length < column
        ? hang(usage.padEnd(column), says, width)
        : [usage, ...hang(' '.repeat(column), says, width)];
    }),
    ...verb.notes.flatMap((note) => ['', ...wrap(note, width)]),
    '',
    'Examples:',
    ...verb.examples.flatMap(({ command, says }) => [
      '',
      ...hang('  # ', says, width),
      `  ${command}`,
    ]),
    '',
  ].join('\n');
}

/** `--format table|json`, as help and documentation write it. */
export function flagUsage({ name, short, value }: Flag): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? long : `-${short}, ${long}`;
}

/** What the flag does, with its default and whether it may be repeated. */
export function flagSays({ says, fallback, repeatable }: Flag): string {
  const more = repeatable === true ? ' May be given several times.' : '';
  return `${says}${more}${fallback === undefined ? '' : ` Default: ${fallback}.`}`;
}

/** What the command's exit codes mean; where several apply: 2, else 1, else 3, else 0. */
export const exitCodes = [
  { code: 0, says: 'done' },
  { code: 1, says: 'a failure at or above --fail-on' },
  { code: 2, says: 'could not do it (usage, settings, nothing readable)' },
  { code: 3, says: 'done but incomplete, when --fail-on is not never' },
] as const;
