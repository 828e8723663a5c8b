import { createReadStream, rmSync } from 'node:fs';
import { type FileHandle, mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Spool } from '../../reports/json-report.ts';

/**
 * A spool that keeps `inMemory` characters at most and puts the rest into a temporary file, which is
 * removed once it has been read, and at the latest when the process ends.
 */
export function fileSpool(inMemory = 8_000_000): Spool {
  let pieces: string[] = [];
  let held = 0;
  let file: { readonly handle: FileHandle; readonly path: string; remove(): void } | undefined;
  async function spill(): Promise<void> {
    file ??= await temporaryFile();
    // `write` may take a part only, on a disk that is nearly full.
    await file.handle.writeFile(pieces.join(''));
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
        yield* createReadStream(file.path, { encoding: 'utf8' });
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
