import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { WorkFiles } from '../../store-ports.ts';
import type { TableRow, TableStore } from './table-store.ts';

/** Where records are kept: rows, and what is too long for one. */
export interface RecordPlace {
  readonly tables: TableStore;
  readonly files: WorkFiles;
}

/** In characters, two bytes each: half of what a property takes, so that a transaction of a hundred stays below its 4 MB. */
const longest = 15_000;
const envelope = z.union([
  z.object({ v: z.literal(1), long: z.string() }),
  z.object({ v: z.literal(1), value: z.record(z.string(), z.unknown()) }),
]);

/** A key for a text with characters that keys may not have: `/ \ # ?`. */
export function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** What a row is to hold; what is too long is put into a file that is named after it, and named instead. */
export async function textOfRecord(files: WorkFiles, value: object): Promise<string> {
  const text = JSON.stringify({ v: 1, value });
  if (text.length <= longest) return text;
  const name = `long/${createHash('sha256').update(text).digest('hex')}.json`;
  await files.write(
    name,
    (async function* () {
      yield text;
    })(),
  );
  return JSON.stringify({ v: 1, long: name });
}

/**
 * What `textOfRecord` wrote. The shape is that of the version it names, and nobody but this service
 * writes here. @throws Error that names the row where it is of another version or its file is gone.
 */
export async function recordIn<T>(
  files: WorkFiles,
  { partition, row, text }: TableRow,
): Promise<T> {
  const found = envelopeIn(text, `${partition}/${row}`);
  if (!('long' in found)) return found.value as T;
  let whole = '';
  for await (const line of (await files.lines(found.long)) ?? []) whole += line;
  if (whole === '')
    throw new Error(`the row ${partition}/${row} names ${found.long}, which is gone`);
  const inFile = envelopeIn(whole, found.long);
  if ('long' in inFile) throw new Error(`${found.long} holds no record`);
  return inFile.value as T;
}

function envelopeIn(text: string, where: string): z.output<typeof envelope> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${where} is no JSON`, { cause });
  }
  const parsed = envelope.safeParse(json);
  if (!parsed.success) {
    throw new Error(
      `${where} was not written by this version; remove the row, a scan writes it anew`,
    );
  }
  return parsed.data;
}
