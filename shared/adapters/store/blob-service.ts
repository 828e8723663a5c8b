import { DefaultAzureCredential } from '@azure/identity';
import { BlobServiceClient, RestError } from '@azure/storage-blob';
import type { StorageAccess } from '../../settings/environment.ts';
import { UsageError } from '../../settings/usage-error.ts';

/**
 * The blobs of a storage account, by connection string or signed in as an identity: the
 * user-assigned one that is named, else whichever this machine has.
 * @throws UsageError for a connection string that is none; it is not repeated, it holds a key.
 */
export function blobService(access: StorageAccess): BlobServiceClient {
  if (access.kind === 'connectionString') {
    return opened(access.connectionString);
  }
  const { blobEndpoint, clientId } = access;
  const credential = new DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
  return new BlobServiceClient(blobEndpoint, credential);
}

function opened(connectionString: string): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(connectionString);
  } catch {
    // No cause: what the SDK and the platform throw here quotes parts of the string.
    throw new UsageError([
      'AzureWebJobsStorage is no connection string of a storage account; copy it anew from the account, or set AzureWebJobsStorage__accountName to its name instead',
    ]);
  }
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
