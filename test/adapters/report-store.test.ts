import { randomUUID } from 'node:crypto';
import { BlockBlobClient } from '@azure/storage-blob';
import type { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Azurite, startAzurite } from '../../localhost/azurite.ts';
import { blobReports } from '../../shared/adapters/store/blob-reports.ts';
import { blobService } from '../../shared/adapters/store/blob-service.ts';
import { UnreadableReportError } from '../../shared/adapters/store/unreadable-report.ts';
import { memoryReports } from '../../shared/adapters/store/memory-reports.ts';
import { latestOf, pieces, reportStoreContract } from '../contracts/report-store.contract.ts';

describe('in memory', () => {
  reportStoreContract(memoryReports);
});

describe('in Azure Storage', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite();
  });
  afterAll(async () => {
    await azurite.stop();
  });

  function service(connectionString = azurite.connectionString): BlobServiceClient {
    return blobService({ kind: 'connectionString', connectionString });
  }

  /** Each test has the account to itself. */
  async function emptied(): Promise<BlobServiceClient> {
    const account = service();
    await account.getContainerClient('reports').deleteIfExists();
    return account;
  }

  reportStoreContract(async (now) => blobReports(await emptied(), { now }));

  test('keeps every report under its scan, and names the newest in latest.json', async () => {
    const account = await emptied();
    const store = blobReports(account, { now: () => new Date('2026-11-24T02:05:00Z') });
    const scanId = randomUUID();
    await store.save({ scanId, startedAt: '2026-11-24T02:00:00.000Z' }, pieces('{}'));
    const container = account.getContainerClient('reports');
    const names: string[] = [];
    for await (const { name } of container.listBlobsFlat()) names.push(name);
    expect(names.toSorted()).toEqual([`${scanId}.json`, 'latest.json'].toSorted());
    const pointer = await container.getBlobClient('latest.json').downloadToBuffer();
    expect(JSON.parse(pointer.toString('utf8'))).toMatchObject({
      scanId,
      startedAt: '2026-11-24T02:00:00.000Z',
      savedAt: '2026-11-24T02:05:00.000Z',
    });
  });

  test.each([
    ['the first one', []],
    ['one among others', [{ scanId: randomUUID(), startedAt: '2026-11-22T02:00:00.000Z' }]],
  ])('a newer report that comes in between is not overwritten: %s', async (_, before) => {
    const store = blobReports(await emptied(), { now: () => new Date('2026-11-24T02:05:00Z') });
    for (const scan of before) await store.save(scan, pieces('before'));
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    // Holds the first write of the pointer back until the gate is open.
    const held = vi
      .spyOn(BlockBlobClient.prototype, 'upload')
      .mockImplementationOnce(async function (this: BlockBlobClient, ...args) {
        reach();
        await gate;
        return this.upload(...args);
      });
    onTestFinished(() => {
      held.mockRestore();
    });
    const older = { scanId: randomUUID(), startedAt: '2026-11-23T02:00:00.000Z' };
    const newer = { scanId: randomUUID(), startedAt: '2026-11-24T02:00:00.000Z' };
    const saving = store.save(older, pieces('older'));
    await reached;
    await store.save(newer, pieces('newer'));
    open();
    await saving;
    expect(await latestOf(store)).toMatchObject(newer);
  });

  test('a report that was replaced meanwhile is not given under the old ETag', async () => {
    const account = await emptied();
    const store = blobReports(account);
    const scan = { scanId: randomUUID(), startedAt: '2026-11-24T02:00:00.000Z' };
    await store.save(scan, pieces('first'));
    const first = await store.latest();
    await store.save(scan, pieces('second'));
    await expect(first?.read()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      statusCode: 412,
    });
  });

  test('a store that does not answer is no store without reports', async () => {
    const wrongKey = azurite.connectionString.replace(/AccountKey=[^;]+/, 'AccountKey=AAAA');
    await expect(blobReports(service(wrongKey)).latest()).rejects.toThrow(
      'reports/latest.json could not be read',
    );
    const stopped = service(
      'AccountName=a;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:9/a;DefaultEndpointsProtocol=http',
    );
    await expect(blobReports(stopped).latest(AbortSignal.timeout(50))).rejects.toThrow(
      'reports/latest.json could not be read',
    );
  });

  describe('a pointer', () => {
    const tonight = { scanId: randomUUID(), startedAt: '2026-11-24T02:00:00.000Z' };
    const before = { scanId: randomUUID(), startedAt: '2026-11-23T02:00:00.000Z' };

    /** A store that has a report, and whose pointer was then overwritten. */
    async function withPointer(change: (pointer: object) => string) {
      const account = await emptied();
      const repaired: string[] = [];
      const store = blobReports(account, {
        now: () => new Date('2026-11-24T02:05:00Z'),
        onRepair: (says) => repaired.push(says),
      });
      await store.save(before, pieces('before'));
      const blob = account.getContainerClient('reports').getBlockBlobClient('latest.json');
      const text = change(JSON.parse((await blob.downloadToBuffer()).toString('utf8')));
      await blob.upload(text, Buffer.byteLength(text));
      return { account, store, repaired };
    }

    const unreadable: [string, string][] = [
      ['empty', ''],
      ['no JSON', '{"scanId":'],
      ['no object', 'null'],
      ['of no scan', '{}'],
      ['of no time', JSON.stringify({ ...before, startedAt: 'yesterday', savedAt: '', etag: '' })],
    ];

    test.each(unreadable)('that is %s is told, not taken for nothing', async (_, text) => {
      const { store } = await withPointer(() => text);
      await expect(store.latest()).rejects.toThrow(UnreadableReportError);
      await expect(store.latest()).rejects.toThrow(/reports\/latest\.json.* no pointer$/);
    });

    test.each(unreadable)(
      'that is %s gives way to the next report, and that is told',
      async (_, text) => {
        const { store, repaired } = await withPointer(() => text);
        await store.save(tonight, pieces('tonight'));
        expect(await latestOf(store)).toMatchObject(tonight);
        expect(repaired).toEqual([
          expect.stringMatching(/reports\/latest\.json.* no pointer; replaced$/),
        ]);
      },
    );

    test('that cannot be read is replaced on condition that nobody was quicker', async () => {
      const { account, store, repaired } = await withPointer(() => '{}');
      const quicker = { scanId: randomUUID(), startedAt: '2026-11-24T02:01:00.000Z' };
      const held = vi
        .spyOn(BlockBlobClient.prototype, 'upload')
        .mockImplementationOnce(async function (this: BlockBlobClient, ...args) {
          await blobReports(account).save(quicker, pieces('quicker'));
          return this.upload(...args);
        });
      onTestFinished(() => {
        held.mockRestore();
      });
      await store.save(tonight, pieces('tonight'));
      expect(await latestOf(store)).toMatchObject(quicker);
      expect(repaired).toEqual([]);
    });

    test('that claims the future gives way to the next report, and that is told', async () => {
      const { store, repaired } = await withPointer((pointer) =>
        JSON.stringify({ ...pointer, startedAt: '2099-01-01T00:00:00Z' }),
      );
      await store.save(tonight, pieces('tonight'));
      expect(await latestOf(store)).toMatchObject(tonight);
      expect(repaired).toEqual([expect.stringMatching(/has not started yet; replaced$/)]);
    });
  });

  test.each([
    ['is gone', (blob: BlockBlobClient) => blob.delete()],
    ['was changed after it was saved', (blob: BlockBlobClient) => blob.upload('{"garbage":', 11)],
  ])('a report that %s is told, until another is saved', async (says, damage) => {
    const account = await emptied();
    const store = blobReports(account, { now: () => new Date('2026-11-24T02:05:00Z') });
    const scan = { scanId: randomUUID(), startedAt: '2026-11-23T02:00:00.000Z' };
    await store.save(scan, pieces('{}'));
    const container = account.getContainerClient('reports');
    await damage(container.getBlockBlobClient(`${scan.scanId}.json`));
    await expect(store.latest()).rejects.toThrow(UnreadableReportError);
    await expect(store.latest()).rejects.toThrow(`the report reports/${scan.scanId}.json ${says}`);
    const next = { scanId: randomUUID(), startedAt: '2026-11-24T02:00:00.000Z' };
    await store.save(next, pieces('next'));
    expect(await latestOf(store)).toMatchObject(next);
  });
});

test('without a connection string, whoever is signed in opens the blobs', () => {
  const named = blobService({
    kind: 'identity',
    blobEndpoint: 'https://mystorage.blob.core.windows.net',
    queueEndpoint: 'https://mystorage.queue.core.windows.net',
    tableEndpoint: 'https://mystorage.table.core.windows.net',
    clientId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  });
  expect(named.url).toBe('https://mystorage.blob.core.windows.net/');
  expect(named.credential.constructor.name).toBe('DefaultAzureCredential');
});
