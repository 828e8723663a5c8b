import { DefaultAzureCredential } from '@azure/identity';
import { BlobServiceClient, RestError } from '@azure/storage-blob';
import type { StorageAccess } from '../../settings/environment.ts';

/**
 * The blobs of a storage account, by connection string or signed in as an identity: the
 * user-assigned one that is named, else whichever this machine has.
 */
export function blobService(access: StorageAccess): BlobServiceClient {
  if (access.kind === 'connectionString') {
    return BlobServiceClient.fromConnectionString(access.connectionString);
  }
  const { blobEndpoint, clientId } = access;
  const credential = new DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
  return new BlobServiceClient(blobEndpoint, credential);
}

/** Whether the service answered that there is no such container or blob. */
export function isNotFound(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404;
}

/**
 * Whether a write was refused because its condition no longer held: somebody else was quicker.
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
 */
export function isLostRace(error: unknown): boolean {
  const codes = ['ConditionNotMet', 'BlobAlreadyExists'];
  return error instanceof RestError && codes.includes(error.code ?? '');
}
