import { type ResourceId, resourceId } from '../../model/resource-id.ts';
import { isOfWrongClock } from '../../model/wrong-clock.ts';
import type { PastChange } from '../../remediation/guard.ts';
import { type JournalRow, headOf } from '../../remediation/journal.ts';
import type {
  NoPlan,
  Remediation,
  RemediationHead,
  RemediationStore,
} from '../../remediation/remediation-store.ts';
import { ConflictError, type WorkFiles } from '../../store-ports.ts';
import { keyOf, recordIn, textOfRecord } from './records.ts';
import { type TableRow, type TableStore, type TableWrite, behind } from './table-store.ts';

const table = 'Remediations';
const headRow = 'h';
const noPlanRow = 'no plan';
const journalPrefix = 'j|';
const findingPrefix = 'f|';
const leases = 'leases';
const pasts = 'past';

/** Where remediations are kept: rows, and images that are too long for one. */
export interface RemediationPlace {
  readonly tables: TableStore;
  readonly snapshots: WorkFiles;
  readonly now: () => Date;
}

interface Lease {
  readonly resource: ResourceId;
  readonly holder: string;
  readonly until: number;
}

interface Latest {
  readonly id: string;
}

/**
 * The table `Remediations`: a partition for each remediation, with its head `h` and its journal
 * `j|<number>`; a partition for each finding, that names its `latest` one and says why there was `no plan`;
 * one of leases; and one of what was changed of late, a row for each identity.
 */
export function remediationRecords({ tables, snapshots, now }: RemediationPlace): RemediationStore {
  const value = <T>(found: TableRow) => recordIn<T>(snapshots, found);
  const text = (record: object) => textOfRecord(snapshots, record);

  /** The head is what two writers meet at; without a version there must be none yet. */
  async function write(
    id: string,
    head: RemediationHead,
    journal: { readonly row: JournalRow; readonly number: number },
    version?: string,
  ): Promise<void> {
    const own = { row: headRow, text: await text(head) };
    await tables.write(table, partitionOf(id), [
      version === undefined ? { kind: 'insert', ...own } : { kind: 'update', ...own, version },
      { kind: 'insert', row: journalRow(journal.number), text: await text(journal.row) },
    ]);
  }

  async function get(id: string): Promise<Remediation | undefined> {
    const partition = partitionOf(id);
    const found = await tables.get(table, partition, headRow);
    if (found === undefined) return undefined;
    const rows: JournalRow[] = [];
    const range = { partition, from: journalPrefix, to: behind(journalPrefix) };
    for await (const each of tables.list(table, range)) rows.push(await value<JournalRow>(each));
    return { head: await value<RemediationHead>(found), rows, version: found.version };
  }

  /** As rows of the table, those of findings alone. */
  async function* noPlanRows(): AsyncIterable<TableRow> {
    for await (const found of tables.list(table, { from: noPlanRow, to: behind(noPlanRow) })) {
      if (found.partition.startsWith(findingPrefix)) yield found;
    }
  }

  /** Leaves a row that somebody else has written since, or taken away. */
  async function removeIfSame(found: TableRow): Promise<void> {
    try {
      await tables.removeAs(table, found);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }

  async function written(id: string): Promise<Remediation> {
    const kept = await get(id);
    if (kept === undefined) throw new Error(`the remediation ${id} was written and is not there`);
    return kept;
  }

  return {
    get,
    async create(id, row) {
      const head = headOf(id, [row]);
      const latest = await text({ id } satisfies Latest);
      // First, so that a remediation which is there is always found; one that is named and not there
      // is none.
      await tables.write(table, findingPartition(head.fingerprint), [
        { kind: 'upsert', row: 'latest', text: latest },
      ]);
      await write(id, head, { row, number: 0 });
      return written(id);
    },
    async append({ head: { id }, rows, version }, row) {
      await write(id, headOf(id, [...rows, row]), { row, number: rows.length }, version);
      return written(id);
    },
    async latestOf(fingerprint) {
      const found = await tables.get(table, findingPartition(fingerprint), 'latest');
      if (found === undefined) return undefined;
      const { id } = await value<Latest>(found);
      const head = await tables.get(table, partitionOf(id), headRow);
      return head === undefined ? undefined : value<RemediationHead>(head);
    },
    async keepNoPlan(noPlan) {
      await tables.write(table, findingPartition(noPlan.fingerprint), [
        { kind: 'upsert', row: noPlanRow, text: await text(noPlan) },
      ]);
    },
    async noPlanFor(fingerprint) {
      const found = await tables.get(table, findingPartition(fingerprint), noPlanRow);
      return found === undefined ? undefined : value<NoPlan>(found);
    },
    async forgetNoPlan(fingerprint) {
      const found = await tables.get(table, findingPartition(fingerprint), noPlanRow);
      if (found !== undefined) await removeIfSame(found);
    },
    async *noPlans() {
      for await (const found of noPlanRows()) yield await value<NoPlan>(found);
    },
    async forgetNoPlans(before) {
      let forgotten = 0;
      for await (const found of noPlanRows()) {
        const { at } = await value<NoPlan>(found);
        if (at >= before) continue;
        await removeIfSame(found);
        forgotten += 1;
      }
      return forgotten;
    },
    async page(limit, from) {
      const items: RemediationHead[] = [];
      const range = {
        from: headRow,
        to: behind(headRow),
        ...(from === undefined ? {} : { after: { partition: from, row: headRow } }),
      };
      for await (const found of tables.list(table, range)) {
        items.push(await value<RemediationHead>(found));
        if (items.length >= limit) return { items, next: found.partition };
      }
      return { items };
    },
    async lease(resource, holder, forMs) {
      const row = keyOf(resource);
      const found = await tables.get(table, leases, row);
      const held = found === undefined ? undefined : await value<Lease>(found);
      if (held !== undefined && held.holder !== holder && isHeld(held, forMs)) return false;
      const until = now().getTime() + forMs;
      const own = { row, text: await text({ resource, holder, until } satisfies Lease) };
      return isFirst(
        found === undefined
          ? { kind: 'insert', ...own }
          : { kind: 'update', ...own, version: found.version },
      );
    },
    async release(resource, holder) {
      const row = keyOf(resource);
      const found = await tables.get(table, leases, row);
      if (found === undefined) return;
      const held = await value<Lease>(found);
      if (held.holder !== holder) return;
      const ended = await text({ ...held, until: 0 } satisfies Lease);
      await isFirst({ kind: 'update', row, text: ended, version: found.version });
    },
    async past(identity) {
      const found = await tables.get(table, pasts, keyOf(identity));
      if (found === undefined) return undefined;
      const { changes } = await value<{ readonly changes: readonly PastChange[] }>(found);
      return { value: changes, version: found.version };
    },
    async putPast(identity, changes, version) {
      const own = { row: keyOf(identity), text: await text({ changes }) };
      await tables.write(table, pasts, [
        version === undefined ? { kind: 'insert', ...own } : { kind: 'update', ...own, version },
      ]);
    },
  };

  /** Everybody holds for as long; one that is to hold much longer was taken by a wrong clock. */
  function isHeld({ until }: Lease, forMs: number): boolean {
    return until > now().getTime() && !isOfWrongClock(until, now(), forMs);
  }

  /** Whether a lease was written before anybody else wrote it. */
  async function isFirst(write: TableWrite): Promise<boolean> {
    try {
      await tables.write(table, leases, [write]);
      return true;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return false;
    }
  }
}

/** Ids come from files and addresses, so they may hold anything. */
function partitionOf(id: string): string {
  return `r|${keyOf(resourceId(id))}`;
}

function findingPartition(fingerprint: string): string {
  return `${findingPrefix}${keyOf(fingerprint)}`;
}

function journalRow(number: number): string {
  return `${journalPrefix}${String(number).padStart(6, '0')}`;
}
