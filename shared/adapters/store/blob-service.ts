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

/** Whether the service answered with this HTTP status. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof RestError && statuses.includes(error.statusCode ?? 0);
}
