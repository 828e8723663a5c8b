import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { linesOf } from '../../cli/lines-of.ts';
import { outletOf } from '../../cli/outlet.ts';
import { fileSpool } from '../../shared/adapters/files/spool-file.ts';
import { temporaryFolder } from './made-up-world.ts';
import { takingOneByte } from './taking-one-byte.ts';

const bin = join(import.meta.dirname, '../../cli/portcullis.ts');

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

test('lines are the same however the bytes are cut', async () => {
  const unit = fc.constantFrom('a', 'é', '𝄞', '\u2028', '\n', '\r\n');
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit }),
      fc.array(fc.integer({ min: 1, max: 5 })),
      async (text, cuts) => {
        const bytes = new TextEncoder().encode(text);
        async function* chunks() {
          let at = 0;
          for (const cut of cuts) {
            yield bytes.subarray(at, at + cut);
            at += cut;
          }
          yield bytes.subarray(at);
        }
        const lines: string[] = [];
        for await (const line of linesOf(chunks())) lines.push(line);
        const wanted = text.split(/\r?\n/);
        if (wanted.at(-1) === '') wanted.pop();
        expect(lines).toEqual(wanted);
      },
    ),
  );
});

test('a spool keeps all of what a nearly full disk takes in parts', async () => {
  await takingOneByte(await temporaryFolder());
  const spool = fileSpool(1);
  await spool.write('a piece');
  expect(await textOf(spool.read())).toBe('a piece');
});

test('a spool gives back what was put into it, in memory or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' })),
      fc.nat(20),
      async (pieces, inMemory) => {
        const spool = fileSpool(inMemory);
        for (const piece of pieces) await spool.write(piece);
        expect(await textOf(spool.read())).toBe(pieces.join(''));
      },
    ),
    { numRuns: 30 },
  );
});

test('what a spool puts into its file is compressed', async () => {
  const folder = await temporaryFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const text = 'rule deny-all of nsg-nodes denies TCP 443\n'.repeat(1000);
  const spool = fileSpool(text.length);
  for (let piece = 0; piece < 3; piece += 1) await spool.write(text);
  const [file = ''] = globSync('*/spool', { cwd: folder });
  expect(statSync(join(folder, file)).size).toBeLessThan(text.length / 20);
  expect(await textOf(spool.read())).toBe(text.repeat(3));
  expect(globSync('*/spool', { cwd: folder })).toEqual([]);
});

test('whoever reads a spool hears of it when its file is broken', async () => {
  const folder = await temporaryFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const spool = fileSpool(1);
  await spool.write('a piece');
  const [file = ''] = globSync('*/spool', { cwd: folder });
  writeFileSync(join(folder, file), 'no gzip');
  await expect(textOf(spool.read())).rejects.toThrow('incorrect header check');
});

describe('a spool that is discarded', () => {
  async function filesOf() {
    const folder = await temporaryFolder();
    vi.stubEnv('TMPDIR', folder);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    return () => globSync('*', { cwd: folder });
  }

  test.each<[string, (spool: ReturnType<typeof fileSpool>) => Promise<unknown>]>([
    ['before anything is written', async () => {}],
    ['before it is read', (spool) => spool.write('a piece')],
    [
      'once it is read',
      async (spool) => {
        await spool.write('a piece');
        await textOf(spool.read());
      },
    ],
    [
      'while somebody reads it',
      async (spool) => {
        await spool.write('a piece');
        await spool.read()[Symbol.asyncIterator]().next();
      },
    ],
    [
      'a second time',
      async (spool) => {
        await spool.write('a piece');
        await spool.discard();
      },
    ],
  ])('leaves nothing behind: %s', async (_, use) => {
    const left = await filesOf();
    const waiting = process.listenerCount('exit');
    const spool = fileSpool(1);
    await use(spool);
    await spool.discard();
    expect(left()).toEqual([]);
    expect(process.listenerCount('exit')).toBe(waiting);
  });

  test('takes its file away although the disk was full', async () => {
    const probe = await open(join(await temporaryFolder(), 'probe'), 'w');
    await probe.close();
    const left = await filesOf();
    const full = vi
      .spyOn(Object.getPrototypeOf(probe) as typeof probe, 'writeFile')
      .mockRejectedValue(new Error('ENOSPC'));
    onTestFinished(() => {
      full.mockRestore();
    });
    const spool = fileSpool(1);
    await expect(spool.write('a piece')).rejects.toThrow('ENOSPC');
    expect(left()).toHaveLength(1);
    await spool.discard();
    expect(left()).toEqual([]);
  });

  test('is so at the latest by Ctrl-C, which leaves through exit', async () => {
    const left = await filesOf();
    const module = new URL('../../shared/adapters/files/spool-file.ts', import.meta.url).href;
    const script = `
      import { readdirSync } from 'node:fs';
      import { fileSpool } from '${module}';
      await fileSpool(1).write('a piece');
      console.log(readdirSync(process.env.TMPDIR).length);
      process.exit(130);
    `;
    const running = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    await expect(running).rejects.toMatchObject({ code: 130, stdout: '1\n' });
    expect(left()).toEqual([]);
  });

  test('takes its file away where whoever read it stops', async () => {
    const left = await filesOf();
    const spool = fileSpool(1);
    await spool.write('a piece');
    for await (const piece of spool.read()) {
      expect(piece).toBe('a piece');
      break;
    }
    expect(left()).toEqual([]);
  });
});

describe('an outlet', () => {
  test('waits for a slow reader', async () => {
    const order: string[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk, _, done) {
        setTimeout(() => {
          order.push(`read ${chunk}`);
          done();
        }, 5);
      },
    });
    const outlet = outletOf(slow);
    for (const piece of ['a', 'b']) {
      await outlet.write(piece);
      order.push(`wrote ${piece}`);
    }
    expect(order).toEqual(['read a', 'wrote a', 'read b', 'wrote b']);
  });

  test('leaves no listener behind, however often it waited', async () => {
    const slow = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        setImmediate(done);
      },
    });
    const outlet = outletOf(slow);
    const listeners = () => slow.eventNames().map((name) => [name, slow.listenerCount(name)]);
    const before = listeners();
    for (let piece = 0; piece < 20; piece += 1) await outlet.write('text');
    expect(listeners()).toEqual(before);
  });

  test('stops waiting when the stream is closed', async () => {
    const stuck = new Writable({ highWaterMark: 1, write: () => undefined });
    const outlet = outletOf(stuck);
    const writing = outlet.write('a');
    stuck.destroy();
    await expect(writing).resolves.toBeUndefined();
    await expect(outlet.write('b')).resolves.toBeUndefined();
  });

  test('is quiet when the reader has gone, and loud when the disk is full', async () => {
    const failing = (code: string) =>
      outletOf(
        new Writable({
          highWaterMark: 1,
          write(_chunk, _encoding, done) {
            done(Object.assign(new Error(code), { code }));
          },
        }),
      );
    const gone = failing('EPIPE');
    await gone.write('a');
    await expect(gone.write('b')).resolves.toBeUndefined();
    const full = failing('ENOSPC');
    await full.write('a');
    await expect(full.write('b')).rejects.toThrow('ENOSPC');
  });
});

describe('the process', () => {
  test('ends quietly when its reader leaves early', async () => {
    const child = spawn(process.execPath, [bin, 'nsg', 'explain', '--batch', '-'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end('nonsense\n'.repeat(20_000));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(err).toBe('portcullis: 20,000 lines of 20,000 could not be answered; each says why\n');
  });

  test('reads relative paths from where npm was called', async () => {
    const folder = await temporaryFolder();
    expect(existsSync(join(folder, 'x.jsonl'))).toBe(false);
    const running = promisify(execFile)(
      process.execPath,
      [bin, 'nsg', 'explain', '--batch', 'x.jsonl'],
      {
        env: { ...process.env, INIT_CWD: folder },
      },
    );
    await expect(running).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(join(folder, 'x.jsonl')),
    });
  });

  test('prints its version', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [bin, '--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
