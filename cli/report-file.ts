import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../shared/settings/usage-error.ts';

/** A file that appears under its name only when it is whole: a scan that breaks leaves the old one. */
export interface ReportFile {
  write(text: string): Promise<void>;
  keep(): Promise<void>;
  discard(): Promise<void>;
}

/** Opens the file beside its final place. Throws a `UsageError` where that is not possible. */
export async function openReportFile(path: string): Promise<ReportFile> {
  if (await isFolder(path)) {
    throw new UsageError([`--output ${path} is a folder; name a file in it`]);
  }
  const partial = `${path}.${process.pid}.partial`;
  const handle = await open(partial, 'w').catch((error: NodeJS.ErrnoException) => {
    const why =
      error.code === 'ENOENT' ? `the folder ${dirname(path)} does not exist` : error.message;
    throw new UsageError([`--output ${path} cannot be written: ${why}`]);
  });
  return {
    write: async (text) => {
      await handle.write(text);
    },
    keep: async () => {
      await handle.close();
      await rename(partial, path);
    },
    discard: async () => {
      await handle.close();
      await rm(partial, { force: true });
    },
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
