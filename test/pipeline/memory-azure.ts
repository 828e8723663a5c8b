/** A tenant in memory that can be written to: rows as Azure holds them, and what requests make of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEstate } from '../../shared/adapters/files/estate-files.ts';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceTypeNamed, typeInId } from '../../shared/inventory/row-type.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { ownershipTypes } from '../../shared/facts/ownership-facts.ts';
import { findClusters } from '../../shared/facts/find-clusters.ts';
import { auditedTypes } from '../../shared/pipeline/audit.ts';
import { linksOf } from '../../shared/pipeline/dependencies.ts';
import type { Neighbourhood } from '../../shared/pipeline/plan-live.ts';
import type { Gap, Row, TenantReader } from '../../shared/ports.ts';
import type { ArmWrite, AzureWriter, WriteAnswer } from '../../shared/remediation/arm-write.ts';
import { afterWrite } from './written-estate.ts';

const takenAsEmpty: ReadonlySet<string> = new Set([
  'microsoft.authorization/denyassignments',
  'microsoft.authorization/locks',
  'microsoft.authorization/policyexemptions',
  'microsoft.network/effectivesecurityadminrules',
  'microsoft.resources/deploymentstacks',
]);

export interface MemoryAzure {
  /** The rows as they are now. */
  rows: readonly object[];
  readonly tenant: TenantReader;
  readonly writer: AzureWriter;
  readonly neighbourhood: Neighbourhood;
  /** Every request that changed something, as `PUT /…`. */
  readonly sent: string[];
  /** What happens at a request, before it is done; an answer stands for it. */
  beforeSend: (request: ArmWrite) => WriteAnswer | undefined;
  /** What happens after a request was done, as an answer in place of the true one. */
  afterSend: (request: ArmWrite, answer: WriteAnswer) => WriteAnswer;
  /** Somebody else writes. */
  change(request: Pick<ArmWrite, 'method' | 'url' | 'body'>): void;
  /** What Azure does not tell. */
  readonly gaps: Gap[];
}

/** Such a tenant, read whole: what files take as empty is empty. */
export async function memoryAzure(rows: readonly object[]): Promise<MemoryAzure> {
  const first = await itemsOf(rows);
  const snapshot = snapshotOf(first);
  const links = new Map(
    findClusters(snapshot, 'inference').clusters.map(({ id }) => [id, linksOf(snapshot, id)]),
  );
  const typeOf = new Map(first.flatMap((item) => (item.kind === 'row' ? [[item.id, item]] : [])));
  const gaps = first.filter(
    (item): item is Gap => item.kind === 'gap' && !takenAsEmpty.has(item.type ?? ''),
  );

  /** Rows of files are read once: their types do not change, and those of new ones stand in their ids. */
  function current(): readonly (Row | Gap)[] {
    const own = azure.rows.flatMap((body): readonly Row[] => {
      const id = resourceId(String(Reflect.get(body, 'id') ?? ''));
      const known = typeOf.get(id);
      if (known !== undefined) return [{ ...known, body: { ...body } }];
      const type = resourceTypeNamed(typeInId(id) ?? '');
      return type === undefined ? [] : [{ kind: 'row', id, type, body: { ...body } }];
    });
    // Rows that files give another form, such as lists of service tags.
    const ids = new Set(own.map(({ id }) => id));
    const others = first.filter(
      (item) =>
        item.kind === 'row' &&
        item.type !== 'microsoft.authorization/roleassignments' &&
        !ids.has(item.id),
    );
    return [...own, ...others, ...gaps, ...azure.gaps];
  }

  function read(request: ArmWrite): Readonly<Record<string, unknown>> | undefined {
    const [path = ''] = request.url.split('?');
    const rule = /^(.*\/networksecuritygroups\/[^/]+)\/securityrules\/([^/]+)$/i.exec(path);
    const holder = rowOf(rule?.[1] ?? path);
    if (holder === undefined) return undefined;
    const properties = { ...Reflect.get(holder, 'properties') } as Record<string, unknown>;
    if (rule === null) return properties;
    const rules = (properties['securityRules'] ?? []) as readonly {
      readonly name: string;
      readonly properties: Record<string, unknown>;
    }[];
    return rules.find(({ name }) => name.toLowerCase() === rule[2]?.toLowerCase())?.properties;
  }

  function rowOf(path: string): object | undefined {
    const wanted = resourceId(path);
    return azure.rows.find((row) => resourceId(String(Reflect.get(row, 'id') ?? '')) === wanted);
  }

  const azure: MemoryAzure = {
    rows,
    sent: [],
    gaps: [],
    beforeSend: () => undefined,
    afterSend: (_, answer) => answer,
    change(request) {
      azure.rows = afterWrite(azure.rows, { ifMatch: null, ...request });
    },
    writer: {
      read: async (request) => read(request),
      send: async (request) => {
        const instead = azure.beforeSend(request);
        if (instead !== undefined) return instead;
        const isThere = read(request) !== undefined;
        azure.sent.push(`${request.method} ${request.url}`);
        azure.rows = afterWrite(azure.rows, request);
        const isNew = request.method === 'PUT' ? !isThere : isThere;
        return azure.afterSend(request, { kind: isNew ? 'made' : 'alreadyThere' });
      },
    },
    tenant: {
      readScope: async () => ({ items: current(), covered: [] }),
      readClusters: async () => current(),
      readCluster: async (cluster) => {
        // Other clusters are not told of, as a live read of one does not.
        const others = new Set([...links.keys()].filter((id) => id !== cluster));
        return current().filter((item) => item.kind === 'gap' || !others.has(item.id));
      },
      readResource: async (id) =>
        current().find((item): item is Row => item.kind === 'row' && item.id === id),
    },
    neighbourhood: {
      clustersOf: async (places) => {
        const asked = new Set(places);
        return [...links].flatMap(([id, { dependencies }]) =>
          dependencies.some((one) => asked.has(one)) ? [id] : [],
        );
      },
      rootsOf: async (id) => links.get(id)?.workspaces ?? [],
    },
  };
  return azure;
}

/** The rows as the files adapter gives them. */
async function itemsOf(rows: readonly object[]): Promise<readonly (Row | Gap)[]> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  try {
    const path = join(folder, 'estate.jsonl');
    await writeFile(path, rows.map((row) => JSON.stringify(row)).join('\n'));
    const items: (Row | Gap)[] = [];
    for await (const item of (await openEstate(path)).read(
      [...auditedTypes, ...ownershipTypes],
      {},
    ))
      items.push(item);
    return items;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
