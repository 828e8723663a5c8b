/** Every command in the pages is run here or by another test, or stands where it is said that it needs Azure. */
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../cli/arguments.ts';
import { run, verbs } from '../../cli/run.ts';
import { services } from '../../cli/services.ts';
import manifest from '../../package.json' with { type: 'json' };
import { temporaryFolder } from '../cli/made-up-world.ts';

const root = join(import.meta.dirname, '../..');
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => posix.join('docs', name.replaceAll('\\', '/'))),
].toSorted();

interface Command {
  readonly page: string;
  readonly words: readonly string[];
  /** Whether scripts/docs.ts runs it, and writes what it prints below it. */
  readonly isPrinted: boolean;
  /** Whether its section, or the beginning of its page, says that Azure is needed. */
  readonly saysAzure: boolean;
}

const needsAzure = /\bneeds? Azure\b|\bsigned in\b|\bsigns? in\b|Azure CLI/i;

/** What somebody would type of a page, each command by itself. */
function commandsIn(page: string): Command[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll('\r\n', '\n');
  const sections = text.split(/^(?=## )/m);
  const prose = (section = '') => section.replaceAll(/^ *```[^]*?^ *```$/gm, '');
  return sections.flatMap((section) => {
    const saysAzure = [sections[0], section].some((each) => needsAzure.test(prose(each)));
    const blocks =
      /(<!-- output of: portcullis .*-->\n\n)?^ *```(sh|bash|shell|console)\n([^]*?)^ *```$/gm;
    return [...section.matchAll(blocks)].flatMap(([, printed, language, body = '']) => {
      const lines = body
        .split('\n')
        .filter((line) => language !== 'console' || line.startsWith('$ '));
      const commands = typedCommands(lines.map((line) => line.replace(/^\$ /, '')).join('\n'));
      return commands.map((words) => ({
        page,
        words,
        saysAzure,
        isPrinted: printed !== undefined,
      }));
    });
  });
}

/** The commands of a shell's text as words, without redirections; quotes are taken off. */
function typedCommands(text: string): string[][] {
  const commands: string[][] = [[]];
  const tokens =
    /\\\n|#[^\n]*|&&|\|\||[\n|;]|>{1,2}\s*\S+|(?:<[^>\n]*>|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'|;&>])+/g;
  for (const [token] of text.matchAll(tokens)) {
    if (/^(\\\n|#|>)/.test(token)) continue;
    if (/^(&&|\|\||[\n|;])$/.test(token)) commands.push([]);
    else commands.at(-1)?.push(token.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, '$1$2'));
  }
  return commands.filter((words) => words.length > 0);
}

/** The words behind `portcullis`; undefined for other commands. */
function portcullisWords({ words }: Command): readonly string[] | undefined {
  if (words[0] === 'portcullis') return words.slice(1);
  const isScript = words.slice(0, 5).join(' ') === 'npm run -s portcullis --';
  return isScript ? words.slice(5) : undefined;
}

function verbOf(words: readonly string[]) {
  const verb = verbs.find(({ name }) => name.split(' ').every((word, at) => words[at] === word));
  if (verb === undefined) throw new Error(`there is no verb in ${words.join(' ')}`);
  return verb;
}

/** Who runs what is not run here. */
const runElsewhere: Readonly<Record<string, readonly [path: string, says: string]>> = {
  'npm ci': ['.ci/run', 'npm ci'],
  'npm run verify': ['.ci/run', 'npm run verify'],
  'npm start': ['test/e2e/demo.test.ts', "portcullis({}, 'demo'"],
  'npm run package': ['test/functions/bundle.test.ts', 'packageFiles()'],
  'npm run smoke-test': ['test/e2e/smoke-test.test.ts', 'infra/hooks/smoke-test.sh'],
  'npm audit': ['.github/workflows/ci.yml', 'npm audit --omit=dev'],
  'portcullis demo': ['test/e2e/demo.test.ts', "'demo', '--once'"],
  'portcullis simulate': ['test/cli/simulate.test.ts', "'simulate'"],
};
const ofTheShell = /^(mkdir|cd|jq)$/;
/** Of Azure, of what deploys to it, or of an app that is deployed there. */
const ofAzure = /^(az|azd|curl|terraform)$/;
const offline = /^(--demo|--estate)$/;
const withoutTenant = /^(checks|nsg (explain|diff|lint))$/;

/** How a command is held, or undefined where it is not. */
function heldBy(
  command: Command,
): 'run for the page' | 'run here' | 'run elsewhere' | 'needs Azure' | 'shell' | undefined {
  const { words, saysAzure, isPrinted } = command;
  if (isPrinted) return 'run for the page';
  const [first = '', ...rest] = words;
  if (ofTheShell.test(first)) return 'shell';
  if (ofAzure.test(first)) return saysAzure ? 'needs Azure' : undefined;
  const given = portcullisWords(command);
  if (given !== undefined) {
    const verb = verbOf(given);
    if (runElsewhere[`portcullis ${verb.name}`] !== undefined) return 'run elsewhere';
    if (withoutTenant.test(verb.name) || given.some((word) => offline.test(word)))
      return 'run here';
    return saysAzure ? 'needs Azure' : undefined;
  }
  const script = ['npm', ...rest.filter((word) => word !== '-s')].slice(
    0,
    rest[0] === 'run' ? 3 : 2,
  );
  return first === 'npm' && runElsewhere[script.join(' ')] !== undefined
    ? 'run elsewhere'
    : undefined;
}

const commands = pages.flatMap(commandsIn);

test('every command is held by something', () => {
  expect(commands.length).toBeGreaterThan(70);
  const loose = commands.filter((command) => heldBy(command) === undefined);
  expect(loose.map(({ page, words }) => `${page}: ${words.join(' ')}`)).toEqual([]);
  const kinds = Map.groupBy(commands, heldBy);
  expect([...kinds.keys()].map(String).toSorted()).toEqual([
    'needs Azure',
    'run elsewhere',
    'run for the page',
    'run here',
    'shell',
  ]);
});

test('what is run elsewhere is run there', () => {
  for (const [command, [path, says]] of Object.entries(runElsewhere)) {
    expect(`${command}: ${readFileSync(join(root, path), 'utf8').includes(says)}`).toBe(
      `${command}: true`,
    );
  }
});

test('every script that a page names is there', () => {
  const named = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(
      ([, name = '']) => name,
    ),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
});

test('every portcullis has flags that there are', () => {
  for (const command of commands) {
    const given = portcullisWords(command);
    if (given === undefined) continue;
    const verb = verbOf(given);
    const rest = given.slice(verb.name.split(' ').length);
    expect(() => parseArguments(verb, rest)).not.toThrow();
  }
});

describe('run here, in a folder with the files that the pages speak of', () => {
  const typed = new Set(
    commands
      .filter((command) => heldBy(command) === 'run here')
      .map((command) => portcullisWords(command)?.join(' ') ?? ''),
  );

  async function folderOfPages(): Promise<string> {
    const folder = await temporaryFolder();
    cpSync(join(root, 'docs/tour'), join(folder, 'docs/tour'), { recursive: true });
    const before = readFileSync(join(root, 'docs/tour/nsg-before.json'), 'utf8');
    const after = readFileSync(join(root, 'docs/tour/nsg-after.json'), 'utf8');
    for (const name of ['nsg.json', 'deployed.json']) writeFileSync(join(folder, name), before);
    writeFileSync(join(folder, 'proposed.json'), after);
    writeFileSync(join(folder, 'tags.json'), JSON.stringify({ values: [] }));
    cpSync(join(root, 'docs/tour/what-if.json'), join(folder, 'change.json'));
    const query = {
      direction: 'inbound',
      protocol: 'tcp',
      source: '203.0.113.0/24',
      sourcePort: 'any',
      destination: '20.1.2.3',
      port: '443',
    };
    writeFileSync(
      join(folder, 'questions.jsonl'),
      JSON.stringify({ nsg: JSON.parse(before), vnet: [], query }),
    );
    // The cluster that the pages ask about is one of the demo under another name.
    const demo = readFileSync(join(root, 'demo/estate.jsonl'), 'utf8');
    const renamed = demo.replaceAll('allow-names-yesterdays-ip', 'fraud-prod');
    const settings = readFileSync(join(root, 'docs/tour/portcullis.settings.json'), 'utf8');
    for (const name of ['export', 'estate', 'shared']) {
      cpSync(join(root, 'docs/tour/estate'), join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, '0-demo.jsonl'), renamed);
      writeFileSync(join(folder, name, 'portcullis.settings.redacted'), settings);
    }
    return folder;
  }

  test.each([...typed])('portcullis %s', { timeout: 0 }, async (line) => {
    const folder = await folderOfPages();
    let said = '';
    const outlet = {
      write: async (text: string) => {
        said += text;
      },
      isTerminal: false,
      columns: 80,
    };
    const code = await run(
      line.split(' '),
      {
        stdout: outlet,
        stderr: outlet,
        stdin: (async function* () {})(),
        env: {},
        folder,
        version: '0.0.0',
        now: () => new Date('2026-11-23T02:00:00Z'),
        interruption: () => new AbortController().signal,
      },
      services,
    );
    expect({ code, said: code === 2 ? said : '' }).not.toMatchObject({ code: 2 });
    const [, output] = /(?:-o|--output) (\S+)/.exec(line) ?? [];
    expect(output === undefined || existsSync(join(folder, output))).toBe(true);
  });
});
