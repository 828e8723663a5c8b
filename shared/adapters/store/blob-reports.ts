import { Readable } from 'node:stream';
import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { isOfWrongClock } from '../../model/wrong-clock.ts';
import type { ReportStore, ReportedScan, StoredReport } from '../../ports.ts';
import { isLostRace, isNotFound } from './blob-service.ts';
import { blockBytes, blocksAtOnce, chunked } from './blob-upload.ts';
import { UnreadableReportError } from './unreadable-report.ts';

const containerName = 'reports';
/** Names the newest report; written after it. */
const pointerName = 'latest.json';

const pointer = z.object({
  scanId: z.string(),
  startedAt: z.iso.datetime(),
  savedAt: z.iso.datetime(),
  etag: z.string(),
});
type Pointer = Readonly<z.output<typeof pointer>>;

/** The pointer's blob, and what it says if it says anything. */
interface FoundPointer {
  readonly pointer: Pointer | undefined;
  /** Of the pointer's own blob. */
  readonly etag: string;
}

/** What a store of reports is told and tells besides the reports. */
export interface BlobReportsOptions {
  readonly now?: () => Date;
  /** Told, in a sentence, of what a save found to be wrong and put right. */
  readonly onRepair?: (says: string) => void;
}

/**
 * Reports as blobs of the container `reports`, which is made when the first is saved: one
 * `<scanId>.json` for each scan, and `latest.json` that says which is the newest. The pointer is
 * written last and on condition that nobody else wrote it meanwhile. A pointer that cannot be read,
 * or that names a scan of the future, gives way to the next report.
 *
 * `latest` throws an `UnreadableReportError` where the pointer cannot be read, or the report is gone
 * or is not what was saved.
 */
export function blobReports(
  service: BlobServiceClient,
  { now = () => new Date(), onRepair = () => {} }: BlobReportsOptions = {},
): ReportStore {
  const container = service.getContainerClient(containerName);
  return {
    async save(scan, pieces) {
      await container.createIfNotExists();
      const { etag } = await container
        .getBlockBlobClient(blobName(scan))
        .uploadStream(Readable.from(chunked(pieces)), blockBytes, blocksAtOnce, {
          blobHTTPHeaders: { blobContentType: 'application/json' },
        });
      if (etag === undefined) throw new Error(`${blobName(scan)} was stored without an ETag`);
      const savedAt = now();
      const repaired = await point(
        container,
        { ...scan, savedAt: savedAt.toISOString(), etag },
        savedAt,
      );
      if (repaired !== undefined) onRepair(repaired);
    },
    async latest(signal) {
      const found = await readPointer(container, signal);
      if (found === undefined) return undefined;
      if (found.pointer === undefined) throw new UnreadableReportError(`${pointerIs} no pointer`);
      await ensureStored(container, found.pointer, signal);
      return storedReport(container, found.pointer);
    },
  };
}

const pointerIs = `the blob ${containerName}/${pointerName}, which names the latest report, is`;

function blobName({ scanId }: ReportedScan): string {
  return `${scanId}.json`;
}

/**
 * Makes this report the latest, unless the latest is of a scan that started later by a clock that was
 * not wrong. Returns what was wrong with the pointer that it
 * replaced.
 */
async function point(
  container: ContainerClient,
  mine: Pointer,
  now: Date,
): Promise<string | undefined> {
  const text = JSON.stringify(mine);
  for (;;) {
    const found = await readPointer(container);
    const theirs = found?.pointer?.startedAt ?? '';
    const isOfFuture = isOfWrongClock(theirs, now);
    if (Date.parse(theirs) > Date.parse(mine.startedAt) && !isOfFuture) return undefined;
    try {
      await container.getBlockBlobClient(pointerName).upload(text, Buffer.byteLength(text), {
        conditions: found === undefined ? { ifNoneMatch: '*' } : { ifMatch: found.etag },
        blobHTTPHeaders: { blobContentType: 'application/json' },
      });
      if (isOfFuture) return `${pointerIs} of a scan that has not started yet; replaced`;
      return found !== undefined && found.pointer === undefined
        ? `${pointerIs} no pointer; replaced`
        : undefined;
    } catch (error) {
      // Another scan was quicker; it may be older all the same.
      if (!isLostRace(error)) throw error;
    }
  }
}

/** @throws Error where the storage account does not answer. */
async function readPointer(
  container: ContainerClient,
  signal?: AbortSignal,
): Promise<FoundPointer | undefined> {
  try {
    const answer = await container
      .getBlobClient(pointerName)
      .download(undefined, undefined, signal === undefined ? {} : { abortSignal: signal });
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytesOf(answer.readableStreamBody)) chunks.push(chunk);
    return { pointer: pointerIn(Buffer.concat(chunks).toString('utf8')), etag: answer.etag ?? '' };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new Error(`${containerName}/${pointerName} could not be read from the storage account`, {
      cause: error,
    });
  }
}

function pointerIn(text: string): Pointer | undefined {
  try {
    return pointer.safeParse(JSON.parse(text)).data;
  } catch {
    // No JSON: no pointer either.
    return undefined;
  }
}

/** A blob changes its ETag with every write, so one that has it still is what was saved. */
async function ensureStored(
  container: ContainerClient,
  found: Pointer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const name = `the report ${containerName}/${blobName(found)}`;
  // Without a condition: of a blob that is gone, services tell 404 or that the condition fails.
  const { etag } = await container
    .getBlobClient(blobName(found))
    .getProperties(signal === undefined ? {} : { abortSignal: signal })
    .catch((error: unknown) => {
      if (isNotFound(error)) throw new UnreadableReportError(`${name} is gone`, { cause: error });
      throw new Error(`${name} could not be asked for in the storage account`, { cause: error });
    });
  if (etag !== found.etag) {
    throw new UnreadableReportError(`${name} was changed after it was saved`);
  }
}

function storedReport(container: ContainerClient, found: Pointer): StoredReport {
  return {
    ...found,
    async *read() {
      const answer = await container
        .getBlobClient(blobName(found))
        .download(undefined, undefined, { conditions: { ifMatch: found.etag } });
      yield* bytesOf(answer.readableStreamBody);
    },
  };
}

/** The stream that Node's download has; browsers have another one, which is why it may be absent. */
async function* bytesOf(stream: NodeJS.ReadableStream | undefined): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream ?? []) {
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
}
