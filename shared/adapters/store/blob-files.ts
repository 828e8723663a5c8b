import { Readable } from 'node:stream';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { WorkFiles } from '../../store-ports.ts';
import { blockBytes, blocksAtOnce, chunked } from './blob-upload.ts';
import { isNotFound } from './blob-service.ts';

/** Files as blobs of a container, which is made when the first is written. */
export function blobFiles(
  service: BlobServiceClient,
  containerName: 'cache' | 'snapshots',
): WorkFiles {
  const container = service.getContainerClient(containerName);
  return {
    async write(name, pieces) {
      await container.createIfNotExists();
      await container
        .getBlockBlobClient(name)
        .uploadStream(Readable.from(chunked(pieces)), blockBytes, blocksAtOnce);
    },
    async lines(name) {
      try {
        const { readableStreamBody } = await container.getBlobClient(name).download();
        if (readableStreamBody === undefined) throw new Error(`${name} came without a stream`);
        return linesOf(readableStreamBody);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw new Error(`${containerName}/${name} could not be read`, { cause: error });
      }
    },
    async *names(prefix) {
      try {
        for await (const { name } of container.listBlobsFlat({ prefix })) yield name;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    async remove(name) {
      await container.getBlobClient(name).deleteIfExists();
    },
  };
}

/** The lines that are not empty. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}
