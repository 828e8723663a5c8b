import { plainText } from '../shared/reports/text-layout.ts';
import { nearest } from '../shared/settings/nearest.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import { apply, applyVerb } from './apply.ts';
import { rollback, rollbackVerb } from './rollback.ts';
import { type Arguments, type Verb, parseArguments } from './arguments.ts';
import { checks, checksVerb } from './checks.ts';
import { doctor, doctorVerb } from './doctor.ts';
import { explain, explainVerb } from './explain.ts';
import { exportRows, exportVerb } from './export.ts';
import { commandHelp, verbHelp } from './help.ts';
import { demo, demoVerb } from './demo.ts';
import { nsgDiff, nsgDiffVerb } from './nsg-diff.ts';
import { nsgExplain, nsgExplainVerb } from './nsg-explain.ts';
import { nsgLint, nsgLintVerb } from './nsg-lint.ts';
import { plan, planVerb } from './plan.ts';
import { scan, scanVerb } from './scan.ts';
import { simulate, simulateVerb } from './simulate.ts';
import type { Services, World } from './world.ts';

interface Action {
  readonly verb: Verb;
  run(args: Arguments, world: World, services: Services): Promise<number>;
}

const actions: readonly Action[] = [
  { verb: scanVerb, run: scan },
  { verb: explainVerb, run: explain },
  { verb: planVerb, run: plan },
  { verb: applyVerb, run: apply },
  { verb: rollbackVerb, run: rollback },
  { verb: checksVerb, run: checks },
  { verb: exportVerb, run: exportRows },
  { verb: doctorVerb, run: doctor },
  { verb: nsgExplainVerb, run: nsgExplain },
  { verb: nsgDiffVerb, run: nsgDiff },
  { verb: nsgLintVerb, run: nsgLint },
  { verb: simulateVerb, run: simulate },
  { verb: demoVerb, run: demo },
];

/** Every verb there is, in the order of the help. */
export const verbs: readonly Verb[] = actions.map(({ verb }) => verb);

/** Runs the command and returns its exit code; whatever goes wrong is said on standard error. */
export async function run(
  argv: readonly string[],
  world: World,
  services: Services,
): Promise<number> {
  try {
    return await dispatch(argv, world, services);
  } catch (error) {
    for (const line of explained(error)) {
      // What Azure or a file says comes with it, and may not steer the terminal.
      const [indent = ''] = /^ */.exec(line) ?? [];
      await world.stderr.write(`portcullis: ${indent}${plainText(line)}\n`);
    }
    return 2;
  }
}

async function dispatch(
  argv: readonly string[],
  world: World,
  services: Services,
): Promise<number> {
  const action = actions.find(({ verb }) =>
    verb.name.split(' ').every((word, index) => argv[index] === word),
  );
  if (action === undefined) return withoutVerb(argv, world);
  const rest = argv.slice(action.verb.name.split(' ').length);
  // Help is given however wrong the rest is.
  if (rest.includes('--help') || rest.includes('-h')) {
    await world.stdout.write(verbHelp(action.verb));
    return 0;
  }
  const args = parseArguments(action.verb, rest);
  if (args.has('version')) return printVersion(world);
  return action.run(args, world, services);
}

async function withoutVerb(argv: readonly string[], world: World): Promise<number> {
  const words = argv.filter((word) => !word.startsWith('-'));
  if (argv.includes('--version')) return printVersion(world);
  if (argv.includes('--help') || argv.includes('-h') || words[0] === 'help') {
    await world.stdout.write(commandHelp(verbs));
    return 0;
  }
  if (argv.length === 0) {
    await world.stderr.write(commandHelp(verbs));
    return 2;
  }
  const names = verbs.map(({ name }) => name);
  if (words[0] === undefined) {
    throw new UsageError([`a verb comes first: portcullis ${names.join('|')} [flags]`]);
  }
  const group = names.filter((name) => name.startsWith(`${words[0]} `));
  const typed = group.length > 0 ? words.slice(0, 2).join(' ') : words[0];
  // The name of a group alone means none of its verbs.
  const others = group.length > 1 && words.length === 1 ? group : names;
  const meant = others === names ? nearest(typed, names) : undefined;
  throw new UsageError([
    `there is no verb "${typed}"${meant === undefined ? `; there are ${others.join(', ')}` : `; did you mean "${meant}"?`}`,
    'see portcullis --help for the verbs',
  ]);
}

async function printVersion(world: World): Promise<number> {
  await world.stdout.write(`${world.version}\n`);
  return 0;
}

/** Errors whose message is a sentence for a person. */
const plainErrors: ReadonlySet<string> = new Set([
  'AzureError',
  'EstateUnreadableError',
  'NothingReadableError',
  'SignInError',
]);

/** Errors that a person can put right, by class or name, are told in a line; the others with their origin. */
function explained(error: unknown): readonly string[] {
  if (error instanceof UsageError) return error.problems;
  if (!(error instanceof Error)) return [String(error)];
  if (plainErrors.has(error.name)) return error.message.split('\n');
  // A full disk, a lost network drive: the machine's answer, not ours.
  if ('syscall' in error && error.syscall === 'write') {
    return [`the report could not be written: ${error.message}`];
  }
  return [
    'this is a defect of portcullis, not of your estate; please report it with what follows',
    ...(error.stack ?? error.message).split('\n'),
  ];
}
