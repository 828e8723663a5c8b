import { type Verb, commonFlags } from '../cli/arguments.ts';
import { exitCodes, flagSays, flagUsage } from '../cli/help.ts';
import { table } from './check-pages.ts';

/** The page of the command: every verb with its flags, from the data that --help prints. */
export function commandPage(verbs: readonly Verb[]): string {
  return `${[
    '# The command',
    'Inside the project, `npm run -s portcullis -- <verb> [flags]` runs it. The report goes to standard output, progress and problems to standard error. Relative paths are read from the folder you are in. What reads a tenant needs Azure, and somebody who is signed in; with `--demo` or `--estate` nothing does.',
    table(
      ['Verb', 'What it does'],
      verbs.map(({ name, summary }) => [`[\`${name}\`](#${name.replaceAll(' ', '-')})`, summary]),
    ),
    ...verbs.flatMap(verbSection),
    '## Exit codes',
    'Where several apply: 2, else 1, else 3, else 0.',
    table(
      ['Code', 'Meaning'],
      exitCodes.map(({ code, says }) => [String(code), says]),
    ),
  ].join('\n\n')}\n`;
}

function verbSection(verb: Verb): string[] {
  const examples = verb.examples.map(({ command, says }) => `# ${says}\n${command}`);
  return [
    `## ${verb.name}`,
    verb.summary,
    `\`\`\`sh\n${examples.join('\n\n')}\n\`\`\``,
    table(
      ['Flag', 'What it does'],
      [...verb.flags, ...commonFlags].map((flag) => [`\`${flagUsage(flag)}\``, flagSays(flag)]),
    ),
    ...verb.notes.map((note) => note.replaceAll(/\{".*\}(?=\.)/g, '`$&`')),
  ];
}
