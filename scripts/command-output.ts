import { run } from '../cli/run.ts';
import { services } from '../cli/services.ts';

const block = /(<!-- output of: portcullis (.+?) -->\n\n```console\n)[^]*?(```\n)/g;

/**
 * The page with what the named commands print in the blocks below their names; what follows a command
 * as `| jq '.a[0].b'` picks a part of its JSON.
 */
export async function withOutputs(page: string): Promise<string> {
  const outputs: string[] = [];
  for (const [, , line = ''] of page.matchAll(block)) {
    const [, command = line, path] = /^(.*?) \| jq '([^']*)'$/.exec(line) ?? [];
    const output = await outputOf(command);
    outputs.push(path === undefined ? output : `${partAt(path, output)}\n`);
  }
  return page.replaceAll(block, (_, head: string, command: string, tail: string) => {
    const prompt = `$ npm run -s portcullis -- ${command}\n`;
    return `${head}${prompt}${outputs.shift() ?? ''}${tail}`;
  });
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
  const stdout = {
    write: async (text: string) => {
      printed += text;
    },
    isTerminal: false,
    columns: 80,
  };
  const stderr = { write: async () => {}, isTerminal: false, columns: 80 };
  await run(
    command.split(' '),
    {
      stdout,
      stderr,
      stdin: nothing(),
      env: {},
      folder: import.meta.dirname,
      version: '0.0.0',
      now: () => new Date('2026-11-23T02:00:00Z'),
      interruption: () => new AbortController().signal,
    },
    services,
  );
  return printed.replaceAll('\r\n', '\n').replaceAll(/[ \t]+$/gm, '');
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Commands in pages read nothing.
}
