import { parseArgs } from 'node:util';
import { nearest } from '../shared/settings/nearest.ts';
import { UsageError } from '../shared/settings/usage-error.ts';

/** A flag of a verb, as data: parsing, help and the documentation all read it. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; a flag without it takes no value. */
  readonly value?: string;
  /** The only words the value may be. */
  readonly oneOf?: readonly string[];
  /** Whether it may be given several times. */
  readonly repeatable?: boolean;
  /** Whether further words directly after the value are values too. */
  readonly takesList?: boolean;
  readonly fallback?: string;
  readonly says: string;
}

export interface Verb {
  /** One word, or two for the verbs of a group: `nsg explain`. */
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** Paragraphs below the flags. */
  readonly notes: readonly string[];
  readonly examples: readonly { readonly command: string; readonly says: string }[];
  readonly flags: readonly Flag[];
  /** What stands in the help for each word that must be given beside the flags: `<before>`. */
  readonly operands?: readonly string[];
}

/** What was given on the command line, checked against the flags of the verb. */
export interface Arguments {
  /** The last value given, or the flag's fallback. */
  text(name: string): string | undefined;
  has(name: string): boolean;
  list(name: string): readonly string[];
  /** The words beside the flags, as many as the verb has operands. */
  readonly operands: readonly string[];
}

/** Flags that every verb has. */
export const commonFlags: readonly Flag[] = [
  { name: 'help', short: 'h', says: 'Print this help.' },
  { name: 'version', says: 'Print the version.' },
];

/**
 * The arguments of a verb. Throws a `UsageError` with everything that is wrong with them; an
 * unknown flag names the nearest one.
 */
export function parseArguments(verb: Verb, argv: readonly string[]): Arguments {
  const flags = [...verb.flags, ...commonFlags];
  const given = new Map<string, string[]>();
  const problems: string[] = [];
  const wanted = verb.operands ?? [];
  const operands: string[] = [];
  let listed: Flag | undefined;
  let afterUnknown = false;
  for (const token of tokensOf(flags, argv)) {
    if (token.kind === 'positional' && listed !== undefined) {
      given.get(listed.name)?.push(token.value);
      continue;
    }
    const belongsToUnknown = afterUnknown && token.kind === 'positional';
    listed = undefined;
    afterUnknown = false;
    if (belongsToUnknown) continue;
    if (token.kind === 'positional') {
      if (operands.length < wanted.length) operands.push(token.value);
      else problems.push(unexpected(token.value, verb));
    } else if (token.kind === 'option') {
      const flag = flags.find(({ name }) => name === token.name);
      const problem = flag === undefined ? unknownFlag(token.rawName, flags) : misused(flag, token);
      if (problem !== undefined) problems.push(problem);
      afterUnknown = flag === undefined;
      if (flag === undefined || problem !== undefined) continue;
      given.set(flag.name, [...(given.get(flag.name) ?? []), valueOf(flag, token)]);
      if (flag.takesList === true) listed = flag;
    }
  }
  const absent = wanted.slice(operands.length);
  if (absent.length > 0) problems.push(`${absent.join(' and ')} must be given`);
  if (problems.length > 0) {
    throw new UsageError([...problems, `see portcullis ${verb.name} --help for the flags`]);
  }
  return {
    text: (name) => given.get(name)?.at(-1) ?? flags.find((flag) => flag.name === name)?.fallback,
    has: (name) => given.has(name),
    list: (name) => given.get(name) ?? [],
    operands,
  };
}

function unexpected(word: string, { name, operands = [] }: Verb): string {
  const takes = operands.length === 0 ? 'flags only' : `${operands.join(' ')} and flags only`;
  return `"${word}" is not expected here; portcullis ${name} takes ${takes}`;
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function tokensOf(flags: readonly Flag[], argv: readonly string[]) {
  const options = Object.fromEntries(
    flags.map(({ name, short, value }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: true,
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  // Not strict: the messages of our own name the nearest flag and come all at once.
  return parseArgs({
    args: [...argv],
    options,
    strict: false,
    tokens: true,
    allowPositionals: true,
  }).tokens;
}

function misused(flag: Flag, { rawName, value, inlineValue }: OptionToken): string | undefined {
  if (flag.value === undefined) {
    return inlineValue === true ? `${rawName} takes no value` : undefined;
  }
  const looksLikeFlag = inlineValue !== true && value !== undefined && /^--?[a-z]/i.test(value);
  if (value === undefined || value === '' || looksLikeFlag) {
    return `${rawName} needs a value: ${rawName} ${flag.value}`;
  }
  if (flag.oneOf === undefined || flag.oneOf.includes(value.toLowerCase())) return undefined;
  const meant = nearest(value, flag.oneOf);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return `${rawName} "${value}" must be one of ${flag.oneOf.join(', ')}${hint}`;
}

function valueOf(flag: Flag, { value = '' }: OptionToken): string {
  return flag.oneOf === undefined ? value : value.toLowerCase();
}

function unknownFlag(rawName: string, flags: readonly Flag[]): string {
  const meant = nearest(
    rawName.replace(/^-+/, ''),
    flags.map(({ name }) => name),
  );
  return `unknown flag ${rawName}${meant === undefined ? '' : `; did you mean --${meant}?`}`;
}
