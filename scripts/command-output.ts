import { run } from '../cli/run.ts';
import { services } from '../cli/services.ts';

const block = /(<!-- output of: portcullis (.+?) -->\n\n```console\n)[^]*?(```\n)/g;

/** The page with what the named commands print in the blocks below their names. */
export async function withOutputs(page: string): Promise<string> {
  const outputs: string[] = [];
  for (const [, , command = ''] of page.matchAll(block)) outputs.push(await outputOf(command));
  return page.replaceAll(block, (_, head: string, command: string, tail: string) => {
    const prompt = `$ npm run -s portcullis -- ${command}\n`;
    return `${head}${prompt}${outputs.shift() ?? ''}${tail}`;
  });
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
  return printed.replaceAll(/[ \t]+$/gm, '');
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Commands in pages read nothing.
}
