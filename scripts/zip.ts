import { zipSync } from 'fflate';

/** The first moment that a zip can name, so that the time of packing is in no byte. */
const always = '1980-01-01T00:00:00';

/** A zip of files by their paths; the same files give the same bytes. */
export function zipOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level: 9, mtime: always });
}
