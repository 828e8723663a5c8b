import type { Finding, Transition } from '../../model/finding.ts';
import type { FindingStore, Recording } from '../../store-ports.ts';
import { type RecordPlace, keyOf, recordIn, textOfRecord } from './records.ts';
import { type TableWrite, behind, writesAtOnce } from './table-store.ts';

/** Says when what was recorded last was read; every recording writes it, so that two never mix. */
const headRow = 'c';
interface Head {
  readonly readAt: string;
}

/**
 * The table `Findings`, a partition for each cluster: `c` is the cluster's own row, `f|<fingerprint>`
 * a finding, `o|<fingerprint>|<sequence>` a transition that is to be told, `t|…` one that was told.
 * Conditions lie in the table `Alerts` in the same way, a partition for each scope.
 */
export function findingRecords(
  { tables, files }: RecordPlace,
  table: 'Findings' | 'Alerts' = 'Findings',
): FindingStore {
  async function removeWhere(prefix: string, before: string): Promise<number> {
    let removed = 0;
    for await (const found of tables.list(table, { from: prefix, to: behind(prefix) })) {
      const { at } = await recordIn<Transition>(files, found);
      if (at >= before) continue;
      await tables.write(table, found.partition, [{ kind: 'remove', row: found.row }]);
      removed += 1;
    }
    return removed;
  }

  return {
    async of(clusterId) {
      const findings: Finding[] = [];
      let head: { readonly readAt: string; readonly version: string } | undefined;
      // The cluster's own row comes before its findings, and nothing between them.
      const range = { partition: keyOf(clusterId), from: headRow, to: behind('f|') };
      for await (const found of tables.list(table, range)) {
        if (found.row === headRow) {
          const { readAt } = await recordIn<Head>(files, found);
          head = { readAt, version: found.version };
        } else findings.push(await recordIn<Finding>(files, found));
      }
      return { findings, ...head };
    },
    async record(clusterId, recording) {
      const writes = await writesOf(recording);
      if (writes.length > writesAtOnce) {
        throw new RangeError(`${writes.length} writes are too many for one transaction`);
      }
      await tables.write(table, keyOf(clusterId), writes);
    },
    async page(limit, from) {
      const items: Finding[] = [];
      const after = from === undefined ? undefined : positionIn(from);
      const range = { from: 'f|', to: behind('f|'), ...(after === undefined ? {} : { after }) };
      for await (const found of tables.list(table, range)) {
        items.push(await recordIn<Finding>(files, found));
        if (items.length >= limit) return { items, next: `${found.partition}|${found.row}` };
      }
      return { items };
    },
    async *undelivered() {
      for await (const found of tables.list(table, { from: 'o|', to: behind('o|') })) {
        yield await recordIn<Transition>(files, found);
      }
    },
    async delivered(transition) {
      const partition = keyOf(transition.finding.clusterId);
      const name = nameOf(transition);
      const there = await tables.get(table, partition, `o|${name}`);
      if (there === undefined) return;
      await tables.write(table, partition, [
        { kind: 'remove', row: `o|${name}` },
        { kind: 'upsert', row: `t|${name}`, text: there.text },
      ]);
    },
    async history({ clusterId, fingerprint }) {
      const partition = keyOf(clusterId);
      const told: Transition[] = [];
      const own = fingerprint === undefined ? '' : `${fingerprint}|`;
      for (const prefix of [`t|${own}`, `o|${own}`]) {
        const range = { partition, from: prefix, to: behind(prefix) };
        for await (const found of tables.list(table, range)) {
          told.push(await recordIn<Transition>(files, found));
        }
      }
      return told.toSorted((a, b) =>
        a.fingerprint === b.fingerprint ? a.sequence - b.sequence : a.at < b.at ? -1 : 1,
      );
    },
    async forget(before) {
      return (await removeWhere('o|', before)) + (await removeWhere('t|', before));
    },
  };

  async function writesOf({ readAt, version, changed }: Recording): Promise<TableWrite[]> {
    const head = await textOfRecord(files, { readAt } satisfies Head);
    const writes: TableWrite[] = [
      version === undefined
        ? { kind: 'insert', row: headRow, text: head }
        : { kind: 'update', row: headRow, text: head, version },
    ];
    for (const { finding, transition } of changed) {
      const text = await textOfRecord(files, finding);
      writes.push({ kind: 'upsert', row: `f|${finding.fingerprint}`, text });
      if (transition === undefined) continue;
      const row = `o|${nameOf(transition)}`;
      writes.push({ kind: 'upsert', row, text: await textOfRecord(files, transition) });
    }
    return writes;
  }
}

/** Sequences of one finding in the order of their texts. */
function nameOf({ fingerprint, sequence }: Transition): string {
  return `${fingerprint}|${String(sequence).padStart(8, '0')}`;
}

function positionIn(from: string): { readonly partition: string; readonly row: string } {
  const at = from.indexOf('|');
  return { partition: from.slice(0, at), row: from.slice(at + 1) };
}
