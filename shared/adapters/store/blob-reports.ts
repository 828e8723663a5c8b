import { Readable } from 'node:stream';
import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import type { ReportStore, ReportedScan, StoredReport } from '../../ports.ts';
import { isLostRace, isNotFound } from './blob-service.ts';

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

/** Bytes of a block that is uploaded; two are on their way at a time, so memory stays flat. */
const blockBytes = 4 * 1024 * 1024;
const blocksAtOnce = 2;

/**
 * Reports as blobs of the container `reports`, which is made when the first is saved: one
 * `<scanId>.json` for each scan, and `latest.json` that says which is the newest. The pointer is
 * written last and on condition that nobody else wrote it meanwhile.
 */
export function blobReports(
  service: BlobServiceClient,
  now: () => Date = () => new Date(),
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
      await point(container, { ...scan, savedAt: now().toISOString(), etag });
    },
    async latest(signal) {
      const found = await readPointer(container, signal);
      return found === undefined ? undefined : storedReport(container, found.pointer);
    },
  };
}

function blobName({ scanId }: ReportedScan): string {
  return `${scanId}.json`;
}

/** Makes this report the latest, unless the latest is of a scan that started later. */
async function point(container: ContainerClient, mine: Pointer): Promise<void> {
  const text = JSON.stringify(mine);
  for (;;) {
    const found = await readPointer(container);
    if (found !== undefined && Date.parse(found.pointer.startedAt) > Date.parse(mine.startedAt)) {
      return;
    }
    try {
      await container.getBlockBlobClient(pointerName).upload(text, Buffer.byteLength(text), {
        conditions: found === undefined ? { ifNoneMatch: '*' } : { ifMatch: found.etag },
        blobHTTPHeaders: { blobContentType: 'application/json' },
      });
      return;
    } catch (error) {
      // Another scan was quicker; it may be older all the same.
      if (!isLostRace(error)) throw error;
    }
  }
}

async function readPointer(
  container: ContainerClient,
  signal?: AbortSignal,
): Promise<{ readonly pointer: Pointer; readonly etag: string } | undefined> {
  try {
    const answer = await container
      .getBlobClient(pointerName)
      .download(undefined, undefined, signal === undefined ? {} : { abortSignal: signal });
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytesOf(answer.readableStreamBody)) chunks.push(chunk);
    const json: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return { pointer: pointer.parse(json), etag: answer.etag ?? '' };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new Error(`${containerName}/${pointerName} could not be read from the storage account`, {
      cause: error,
    });
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

/** The pieces as few larger chunks: a report has a piece for every line. */
async function* chunked(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  const chunkLength = 256 * 1024;
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length >= chunkLength) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(text);
}
