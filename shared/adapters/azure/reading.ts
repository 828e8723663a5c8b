import type { ResourceType } from '../../inventory/resource-types.ts';
import { resourceTypeNamed, typeInId } from '../../inventory/row-type.ts';
import { type ResourceId, resourceId } from '../../model/resource-id.ts';
import type { Gap, Row } from '../../ports.ts';
import type { AzureClients, Json, ResourceGraphQuery } from './azure-clients.ts';
import { AzureError } from './azure-error.ts';

const workspacesType = 'microsoft.machinelearningservices/workspaces';
const computesType = 'microsoft.machinelearningservices/workspaces/computes';

/** What a failed read would have shown: its rows may exist although nobody saw them. */
export type Hidden = Omit<Gap, 'kind' | 'why'>;

/** One read of Azure in the making: what came, and what did not. */
export interface Reading {
  readonly clients: AzureClients;
  readonly types: ReadonlySet<ResourceType>;
  /** Every row so far; of rows with one id the last one read. */
  readonly rows: ReadonlyMap<ResourceId, Row>;
  readonly gaps: readonly Gap[];
  /** Whether the audit asked for any of these types. */
  wants(...types: readonly ResourceType[]): boolean;
  /** Keeps a row as Azure sent it, if it is of a type asked for. */
  take(body: Json, type?: ResourceType): Row | undefined;
  /** The rows of a query that are `wanted`, every page; where it breaks off, what it hides becomes gaps. */
  query(
    query: ResourceGraphQuery,
    hides: readonly Hidden[],
    wanted?: (id: ResourceId) => boolean,
  ): Promise<readonly Row[]>;
  /** What `work` returns, or undefined and gaps where Azure refuses or does not answer. */
  attempt<T>(work: () => Promise<T>, hides: readonly Hidden[]): Promise<T | undefined>;
  miss(gap: Omit<Gap, 'kind'>): void;
}

export function newReading(
  clients: AzureClients,
  asked: readonly ResourceType[],
  onRows: (rows: number) => void,
): Reading {
  const types = new Set(asked);
  const rows = new Map<ResourceId, Row>();
  const gaps: Gap[] = [];

  function miss(gap: Omit<Gap, 'kind'>): void {
    if (gap.type === undefined || types.has(gap.type)) {
      gaps.push({ kind: 'gap', ...gap, tried: true });
    }
    // Computes are listed workspace by workspace: those of a workspace that was not seen are not either.
    if (gap.type === workspacesType && types.has(computesType)) {
      const what = 'computes of workspaces that were not read';
      gaps.push({ kind: 'gap', ...gap, type: computesType, what, tried: true });
    }
  }

  function take(body: Json, given?: ResourceType): Row | undefined {
    const id = body['id'];
    if (typeof id !== 'string') {
      miss({ scope: '/', what: 'a row without an id', why: 'Azure sent it so', ...typed(given) });
      return undefined;
    }
    const written = typeof body['type'] === 'string' ? body['type'] : typeInId(id);
    const type = given ?? (written === undefined ? undefined : resourceTypeNamed(written));
    if (type === undefined || !types.has(type)) return undefined;
    const row: Row = { kind: 'row', id: resourceId(id), type, body: { type, ...body } };
    rows.set(row.id, row);
    return row;
  }

  async function attempt<T>(
    work: () => Promise<T>,
    hides: readonly Hidden[],
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AzureError)) throw error;
      for (const hidden of hides) miss({ ...hidden, ...whyOf(error) });
      return undefined;
    }
  }

  return {
    clients,
    types,
    rows,
    gaps,
    wants: (...wanted) => wanted.some((type) => types.has(type)),
    take,
    miss,
    attempt,
    async query(query, hides, wanted = () => true) {
      const found: Row[] = [];
      await attempt(async () => {
        for (let token: string | undefined, more = true; more;) {
          const page = await clients.queryResources(query, token);
          for (const body of page.rows) {
            if (typeof body['id'] === 'string' && !wanted(resourceId(body['id']))) continue;
            const row = take(body);
            if (row !== undefined) found.push(row);
          }
          onRows(rows.size);
          if (page.cutOff !== undefined) throw new AzureError('refused', page.cutOff);
          token = page.skipToken;
          more = token !== undefined;
        }
      }, hides);
      return found;
    },
  };
}

/** Why a read failed, as a gap says it. */
export function whyOf({ code, message }: AzureError): Pick<Gap, 'why' | 'passing'> {
  const isPassing = code === 'throttled' || code === 'unavailable';
  return { why: message, ...(isPassing ? { passing: true } : {}) };
}

function typed(type: ResourceType | undefined): { readonly type?: ResourceType } {
  return type === undefined ? {} : { type };
}
