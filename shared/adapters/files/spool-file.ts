import { createReadStream, rmSync } from 'node:fs';
import { type FileHandle, mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createGunzip, gzip } from 'node:zlib';
import type { Spool } from '../../reports/json-report.ts';

const compressed = promisify(gzip);

/**
 * A spool that keeps `inMemory` characters at most and puts the rest, compressed, into a temporary
 * file, which is removed once it has been read, and at the latest when the process ends.
 */
export function fileSpool(inMemory = 1_000_000): Spool {
  let pieces: string[] = [];
  let held = 0;
  let file: { readonly handle: FileHandle; readonly path: string; remove(): void } | undefined;
  async function spill(): Promise<void> {
    file ??= await temporaryFile();
    // Members of gzip one after the other are one file of gzip.
    const member = await compressed(pieces.join(''), { level: constants.Z_BEST_SPEED });
    // `write` may take a part only, on a disk that is nearly full.
    await file.handle.writeFile(member);
    pieces = [];
    held = 0;
  }
  return {
    async write(text) {
      pieces.push(text);
      held += text.length;
      if (held > inMemory) await spill();
    },
    async *read() {
      if (file !== undefined) {
        await file.handle.close();
        const text = createGunzip();
        // Whatever goes wrong in the file reaches whoever reads the text.
        pipeline(createReadStream(file.path), text, () => {});
        yield* text.setEncoding('utf8');
        file.remove();
      }
      yield* pieces;
    },
  };
}

async function temporaryFile() {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove);
  const path = join(folder, 'spool');
  const handle = await open(path, 'wx', 0o600);
  return {
    handle,
    path,
    remove: () => {
      process.removeListener('exit', remove);
      remove();
    },
  };
}
