import { describe, expect, test } from 'vitest';
import { type Verb, parseArguments } from '../../cli/arguments.ts';
import { UsageError } from '../../shared/settings/usage-error.ts';
import { verbs } from '../../cli/run.ts';
import { portcullis } from './made-up-world.ts';

const verb: Verb = {
  name: 'try',
  summary: '',
  usage: '',
  notes: [],
  examples: [],
  flags: [
    { name: 'format', value: 'table|json', oneOf: ['table', 'json'], fallback: 'table', says: '' },
    { name: 'output', short: 'o', value: '<file>', says: '' },
    { name: 'check', value: '<id>', repeatable: true, says: '' },
    { name: 'vnet', value: '<cidr>', repeatable: true, takesList: true, says: '' },
    { name: 'quiet', says: '' },
  ],
};

function problems(argv: readonly string[]): readonly string[] {
  try {
    parseArguments(verb, argv);
  } catch (error) {
    if (error instanceof UsageError) return error.problems.slice(0, -1);
    throw error;
  }
  return [];
}

describe('flags', () => {
  test('take their value as the next word or behind =', () => {
    for (const argv of [['--output', 'f'], ['--output=f'], ['-o', 'f'], ['-of']]) {
      expect(parseArguments(verb, argv).text('output')).toBe('f');
    }
  });

  test('may be repeated; of a single one the last counts', () => {
    const args = parseArguments(verb, ['--check', 'a', '--check=b', '--output', '1', '-o', '2']);
    expect(args.list('check')).toEqual(['a', 'b']);
    expect(args.text('output')).toBe('2');
  });

  test('have fallbacks, which do not count as given', () => {
    const args = parseArguments(verb, []);
    expect(args.text('format')).toBe('table');
    expect(args.has('format')).toBe(false);
    expect(args.list('check')).toEqual([]);
    expect(args.text('output')).toBeUndefined();
  });

  test('take lists', () => {
    const args = parseArguments(verb, ['--vnet', 'a', 'b', '--quiet', '--vnet', 'c']);
    expect(args.list('vnet')).toEqual(['a', 'b', 'c']);
    expect(args.has('quiet')).toBe(true);
  });

  test('know their words in any letters', () => {
    expect(parseArguments(verb, ['--format', 'JSON']).text('format')).toBe('json');
  });

  test.each<[string, string[], string[]]>([
    ['unknown', ['--formt', 'x'], ['unknown flag --formt; did you mean --format?']],
    ['foreign', ['--zzz'], ['unknown flag --zzz']],
    ['unknown and short', ['-x'], ['unknown flag -x']],
    ['without its value', ['--output'], ['--output needs a value: --output <file>']],
    ['with an empty value', ['--output='], ['--output needs a value: --output <file>']],
    [
      'with a flag for a value',
      ['--output', '--quiet'],
      ['--output needs a value: --output <file>'],
    ],
    ['with a value it does not take', ['--quiet=yes'], ['--quiet takes no value']],
    [
      'with a word that is not allowed',
      ['--format', 'jsn'],
      ['--format "jsn" must be one of table, json; did you mean json?'],
    ],
    ['a stray word', ['word'], ['"word" is not expected here; portcullis try takes flags only']],
    [
      'a stray word after a switch',
      ['--quiet', 'word'],
      ['"word" is not expected here; portcullis try takes flags only'],
    ],
    ['a prototype', ['--constructor'], ['unknown flag --constructor']],
    [
      'several',
      ['--formt', 'x', '--zzz'],
      ['unknown flag --formt; did you mean --format?', 'unknown flag --zzz'],
    ],
  ])('%s', (_, argv, says) => {
    expect(problems(argv)).toEqual(says);
  });
});

describe('the command', () => {
  test.each([['--help'], ['-h'], ['help']])('%s lists the verbs', async (word) => {
    const { code, out } = await portcullis([word]);
    expect(code).toBe(0);
    for (const { name, summary } of verbs) {
      expect(out).toContain(name);
      expect(out).toContain(summary.split(' ').slice(0, 4).join(' '));
    }
  });

  test.each(verbs.map(({ name }) => name))('%s --help explains every flag', async (name) => {
    const { code, out } = await portcullis([...name.split(' '), '--wrong', '--help']);
    expect(code).toBe(0);
    const flags = verbs.find((known) => known.name === name)?.flags ?? [];
    expect(flags.length).toBeGreaterThan(0);
    for (const flag of flags) expect(out).toContain(`--${flag.name}`);
    expect(
      out.split('\n').filter((line) => line.length > 80 && !line.startsWith('  portcullis')),
    ).toEqual([]);
  });

  test('--version, alone and after a verb', async () => {
    expect(await portcullis(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' });
    expect(await portcullis(['scan', '--version'])).toMatchObject({ code: 0, out: '1.2.3\n' });
  });

  test.each<[string[], string]>([
    [['scna'], 'there is no verb "scna"; did you mean "scan"?'],
    [
      ['frobnicate'],
      'there is no verb "frobnicate"; there are scan, explain, plan, apply, rollback, checks, export, doctor, nsg explain',
    ],
    [['nsg'], 'there is no verb "nsg"; there are nsg explain, nsg diff, nsg lint'],
    [['nsg', 'expain'], 'there is no verb "nsg expain"; did you mean "nsg explain"?'],
    [['--demo'], 'a verb comes first'],
    [['scan', '--demi'], 'unknown flag --demi; did you mean --demo?'],
  ])('%j is refused on standard error with 2', async (argv, says) => {
    const { code, out, err } = await portcullis(argv);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(`portcullis: ${says}`);
  });

  test.each([
    [['scna'], 'portcullis --help'],
    [['scan', '--demi'], 'portcullis scan --help'],
    [['nsg', 'explain'], 'portcullis nsg explain --help'],
  ])('%j is told where the help is, and says its own name once', async (argv, help) => {
    const { err } = await portcullis(argv);
    expect(err.trimEnd().split('\n').at(-1)).toMatch(`portcullis: see ${help} for `);
    expect(err).not.toContain('portcullis: portcullis');
  });

  test('without a verb prints the help on standard error', async () => {
    const { code, out, err } = await portcullis([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('portcullis scan --demo');
  });
});
