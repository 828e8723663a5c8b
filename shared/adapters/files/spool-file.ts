import { type ReadStream, createReadStream, rmSync } from 'node:fs';
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
 * file, which is removed once it has been read or discarded, and at the latest when the process ends.
 */
export function fileSpool(inMemory = 1_000_000): Spool {
  let pieces: string[] = [];
  let held = 0;
  let folder: TemporaryFolder | undefined;
  let handle: FileHandle | undefined;
  let reading: ReadStream | undefined;
  async function spill(): Promise<void> {
    // Kept before anything in it is made, so that it is removed whatever fails after this.
    folder ??= await temporaryFolder();
    handle ??= await open(join(folder.path, 'spool'), 'wx', 0o600);
    // Members of gzip one after the other are one file of gzip.
    const member = await compressed(pieces.join(''), { level: constants.Z_BEST_SPEED });
    // `write` may take a part only, on a disk that is nearly full.
    await handle.writeFile(member);
    pieces = [];
    held = 0;
  }
  async function discard(): Promise<void> {
    pieces = [];
    reading?.destroy();
    try {
      await handle?.close();
    } finally {
      folder?.remove();
    }
  }
  return {
    async write(text) {
      pieces.push(text);
      held += text.length;
      if (held > inMemory) await spill();
    },
    async *read() {
      try {
        if (folder !== undefined && handle !== undefined) {
          await handle.close();
          const text = createGunzip();
          reading = createReadStream(join(folder.path, 'spool'));
          // Whatever goes wrong in the file reaches whoever reads the text.
          pipeline(reading, text, () => {});
          yield* text.setEncoding('utf8');
        }
        yield* pieces;
      } finally {
        await discard();
      }
    },
    discard,
  };
}

interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'portcullis-'));
  const removed = () => {
    rmSync(path, { recursive: true, force: true });
  };
  process.once('exit', removed);
  return {
    path,
    remove() {
      process.removeListener('exit', removed);
      removed();
    },
  };
}
