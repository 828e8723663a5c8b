import { readFile } from 'node:fs/promises';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { SettingsPlace } from '../../settings/environment.ts';
import { UsageError } from '../../settings/usage-error.ts';
import { isNotFound } from './blob-service.ts';

/** A text, if it is there, and where it lies or would lie, as errors name it. */
export interface FoundText {
  readonly text: string | undefined;
  readonly from: string;
}

/**
 * The settings at a place as they are now, a file or a blob.
 * @throws UsageError where they are there and cannot be read.
 */
export async function settingsTextAt(
  place: SettingsPlace,
  service: BlobServiceClient,
): Promise<FoundText> {
  const from =
    place.kind === 'file'
      ? `settings ${place.path}`
      : `settings blob:${place.container}/${place.name}`;
  try {
    const bytes =
      place.kind === 'file'
        ? await readFile(place.path)
        : await service
            .getContainerClient(place.container)
            .getBlobClient(place.name)
            .downloadToBuffer();
    return { text: bytes.toString('utf8'), from };
  } catch (error) {
    if (isNotFound(error) || isMissingFile(error)) return { text: undefined, from };
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError([`${from}: ${why}`]);
  }
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
