import { TableClient } from '@azure/data-tables';
import { DefaultAzureCredential } from '@azure/identity';
import { QueueServiceClient } from '@azure/storage-queue';
import type { StorageAccess } from '../../settings/environment.ts';
import { azureQueues } from './azure-queues.ts';
import { azureTables } from './azure-tables.ts';
import { blobFiles } from './blob-files.ts';
import { blobService } from './blob-service.ts';
import { type AllStores, storesOn } from './stores.ts';

/**
 * Everything that is kept, in a storage account.
 * @throws UsageError as `blobService` does.
 */
export function storageAccountStores(
  access: StorageAccess,
  now: () => Date = () => new Date(),
): AllStores {
  const blobs = blobService(access);
  const place = {
    files: blobFiles(blobs, 'cache'),
    snapshots: blobFiles(blobs, 'snapshots'),
    now,
  };
  if (access.kind === 'connectionString') {
    const { connectionString } = access;
    const queues = QueueServiceClient.fromConnectionString(connectionString);
    const allowInsecureConnection =
      /^http:|[;=]http:|UseDevelopmentStorage=true|Protocol=http(;|$)/i.test(connectionString);
    return storesOn({
      ...place,
      tables: azureTables(
        remembered((table) =>
          TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection }),
        ),
      ),
      queues: azureQueues(remembered((queue) => queues.getQueueClient(queue))),
    });
  }
  const { queueEndpoint, tableEndpoint, clientId } = access;
  const credential = new DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
  const queues = new QueueServiceClient(queueEndpoint, credential);
  return storesOn({
    ...place,
    tables: azureTables(remembered((table) => new TableClient(tableEndpoint, table, credential))),
    queues: azureQueues(remembered((queue) => queues.getQueueClient(queue))),
  });
}

/** A client for each name, kept: each holds connections. */
function remembered<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const client = made.get(name) ?? make(name);
    made.set(name, client);
    return client;
  };
}
