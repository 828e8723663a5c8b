import { constants, rmSync } from 'node:fs';
import { type FileHandle, access, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../shared/settings/usage-error.ts';

/** A file that appears under its name only when it is whole: a scan that breaks leaves the old one. */
export interface ReportFile {
  write(text: string): Promise<void>;
  keep(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Opens what is to be written under the path. A file is written beside its place and takes it, with
 * the mode it had, when it is whole; a link leads to its file; a device or a pipe is written as it
 * is. Throws a `UsageError` where that is not possible.
 */
export async function openReportFile(path: string): Promise<ReportFile> {
  const place = await realpath(path).catch(() => path);
  const before = await stat(place).catch(() => undefined);
  if (before?.isDirectory() === true) {
    throw new UsageError([`--output ${path} is a folder; name a file in it`]);
  }
  if (before !== undefined) await mayWrite(place, path);
  return before === undefined || before.isFile()
    ? wholeFile(place, path, before?.mode)
    : stream(place, path);
}

async function mayWrite(place: string, path: string): Promise<void> {
  await access(place, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    throw cannotWrite(path, error);
  });
}

async function wholeFile(
  place: string,
  path: string,
  mode: number | undefined,
): Promise<ReportFile> {
  const partial = `${place}.${process.pid}.partial`;
  const handle = await openOr(partial, path);
  if (mode !== undefined) await handle.chmod(mode & 0o777);
  const interrupted = (): void => {
    rmSync(partial, { force: true });
  };
  process.once('exit', interrupted);
  const close = async (): Promise<void> => {
    await handle.close();
    process.off('exit', interrupted);
  };
  return {
    write: async (text) => {
      // `write` may take a part only, on a disk that is nearly full.
      await handle.writeFile(text);
    },
    keep: async () => {
      await close();
      await rename(partial, place);
    },
    discard: async () => {
      await close();
      await rm(partial, { force: true });
    },
  };
}

async function stream(place: string, path: string): Promise<ReportFile> {
  const handle = await openOr(place, path);
  return {
    write: async (text) => {
      // `write` may take a part only, on a disk that is nearly full.
      await handle.writeFile(text);
    },
    keep: async () => handle.close(),
    discard: async () => handle.close(),
  };
}

async function openOr(place: string, path: string): Promise<FileHandle> {
  return open(place, 'w').catch((error: NodeJS.ErrnoException) => {
    throw cannotWrite(path, error);
  });
}

function cannotWrite(path: string, error: NodeJS.ErrnoException): UsageError {
  const why =
    error.code === 'ENOENT' ? `the folder ${dirname(path)} does not exist` : error.message;
  return new UsageError([`--output ${path} cannot be written: ${why}`]);
}
