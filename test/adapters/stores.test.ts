import { TableClient, TableServiceClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../localhost/azurite.ts';
import { blobService } from '../../shared/adapters/store/blob-service.ts';
import { memoryStores } from '../../shared/adapters/store/stores.ts';
import { storageAccountStores } from '../../shared/adapters/store/storage-account.ts';
import { remediationStoreContract } from '../contracts/remediation-store.contract.ts';
import { clusterNamed, storesContract } from '../contracts/stores.contract.ts';

describe('in memory', () => {
  storesContract(() => memoryStores(() => new Date()));
  remediationStoreContract((now) => memoryStores(now).remediations);
});

describe('in Azure Storage', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite();
  });
  afterAll(async () => {
    await azurite.stop();
  });

  /** Each test has the account to itself. */
  async function emptied(now: () => Date = () => new Date()) {
    const { connectionString } = azurite;
    const blobs = blobService({ kind: 'connectionString', connectionString });
    await blobs.getContainerClient('cache').deleteIfExists();
    await blobs.getContainerClient('snapshots').deleteIfExists();
    const tables = TableServiceClient.fromConnectionString(connectionString, {
      allowInsecureConnection: true,
    });
    for await (const { name = '' } of tables.listTables()) await tables.deleteTable(name);
    const queues = QueueServiceClient.fromConnectionString(connectionString);
    for await (const { name } of queues.listQueues()) await queues.deleteQueue(name);
    return storageAccountStores({ kind: 'connectionString', connectionString }, now);
  }

  storesContract(() => emptied());
  remediationStoreContract(async (now) => (await emptied(now)).remediations);

  test('a message is base64, as host.json says, and hidden for a while where asked', async () => {
    const stores = await emptied();
    await stores.queues.send('cluster-checks', { discover: clusterNamed('a') });
    await stores.queues.send('cluster-checks', { discover: clusterNamed('b') }, 30_000);
    const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(
      'cluster-checks',
    );
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 10 });
    const texts = receivedMessageItems.map(({ messageText }) =>
      JSON.parse(Buffer.from(messageText, 'base64').toString('utf8')),
    );
    expect(texts).toEqual([{ discover: clusterNamed('a') }]);
  });

  test('what another version wrote is refused by name', async () => {
    const stores = await emptied();
    await stores.clusters.put({ id: clusterNamed('a'), dependencies: [], roots: [] });
    const client = TableClient.fromConnectionString(azurite.connectionString, 'Clusters', {
      allowInsecureConnection: true,
    });
    for await (const { partitionKey = '', rowKey = '' } of client.listEntities()) {
      await client.updateEntity({ partitionKey, rowKey, text: '{"v":2}' }, 'Replace');
    }
    await expect(stores.clusters.get(clusterNamed('a'))).rejects.toThrow(
      /s1\/\w+ was not written by this version/,
    );
  });

  test('an account that does not answer is no empty one', async () => {
    const nowhere = [
      'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=AAAA',
      'BlobEndpoint=http://127.0.0.1:9/a;QueueEndpoint=http://127.0.0.1:9/a',
      'TableEndpoint=http://127.0.0.1:9/a',
    ].join(';');
    const stores = storageAccountStores({ kind: 'connectionString', connectionString: nowhere });
    const signal = AbortSignal.timeout(50);
    await expect(stores.queues.depth('scan-shards', signal)).rejects.toThrow(
      'the queue scan-shards could not be used',
    );
  });
});
