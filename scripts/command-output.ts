import { join } from 'node:path';
import { run } from '../cli/run.ts';
import { services } from '../cli/services.ts';

const root = join(import.meta.dirname, '..');

/** A command, and where its output is cut: the lines from one that begins so up to one that does. */
const block =
  /(<!-- output of: portcullis (.+?)(?:, from "([^"]+)")?(?:, to "([^"]+)")? -->\n\n```console\n)[^]*?(```\n)/g;

/**
 * The page with what the named commands print in the blocks below their names; what follows a command
 * as `| jq '.a[0].b'` picks a part of its JSON.
 */
export async function withOutputs(page: string): Promise<string> {
  const outputs: string[] = [];
  for (const [, , line = '', from, to] of page.matchAll(block)) {
    const [, command = line, path] = /^(.*?) \| jq '([^']*)'$/.exec(line) ?? [];
    const output = await outputOf(command);
    outputs.push(cut(path === undefined ? output : `${partAt(path, output)}\n`, from, to));
  }
  return page.replaceAll(
    block,
    (_, head: string, command: string, _from: unknown, _to: unknown, tail: string) => {
      const prompt = `$ npm run -s portcullis -- ${command}\n`;
      return `${head}${prompt}${outputs.shift() ?? ''}${tail}`;
    },
  );
}

function cut(output: string, from?: string, to?: string): string {
  const lines = output.replace(/\n$/, '').split('\n');
  const at = (start: string): number => {
    const found = lines.findIndex((line) => line.startsWith(start));
    if (found < 0) throw new Error(`no line of the output begins with "${start}"`);
    return found;
  };
  const first = from === undefined ? 0 : at(from);
  const end = to === undefined ? lines.length : at(to);
  const shown = lines.slice(first, end);
  while (shown.at(-1) === '') shown.pop();
  return [...(first > 0 ? ['…'] : []), ...shown, ...(end < lines.length ? ['…'] : []), ''].join(
    '\n',
  );
}

/** The part of a JSON text that a path such as `.runs[0].results` leads to. */
function partAt(path: string, json: string): string {
  let part: unknown = JSON.parse(json);
  for (const [key] of path.matchAll(/[^.[\]]+/g)) {
    if (typeof part !== 'object' || part === null) throw new Error(`${path} leads to nothing`);
    part = new Map(Object.entries(part)).get(key);
  }
  return JSON.stringify(part, null, 2);
}

/** What a command prints at 80 columns without colour, at a moment that does not change. */
async function outputOf(command: string): Promise<string> {
  let printed = '';
  let said = '';
  const stdout = {
    write: async (text: string) => {
      printed += text;
    },
    isTerminal: false,
    columns: 80,
  };
  const stderr = {
    write: async (text: string) => {
      said += text;
    },
    isTerminal: false,
    columns: 80,
  };
  const code = await run(
    command.split(' '),
    {
      stdout,
      stderr,
      stdin: nothing(),
      env: {},
      folder: root,
      version: '0.0.0',
      now: () => new Date('2026-11-23T02:00:00Z'),
      interruption: () => new AbortController().signal,
    },
    services,
  );
  if (code === 2) throw new Error(`portcullis ${command}: ${said}`);
  return printed.replaceAll('\r\n', '\n').replaceAll(/[ \t]+$/gm, '');
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Commands in pages read nothing.
}
