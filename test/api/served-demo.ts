/** The API over the demo estate: scanned, with plans that wait for an approval, all in memory. */
import { type Refused, admit } from '../../shared/api/admit.ts';
import { answer, isAnswered } from '../../shared/api/answers.ts';
import type { ApiContext, CsvReply, JsonReply } from '../../shared/api/context.ts';
import { liveReads } from '../../shared/api/live-reads.ts';
import { readModels } from '../../shared/api/read-models.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { ownershipTypes } from '../../shared/facts/ownership-facts.ts';
import { type Caller, roles } from '../../shared/model/caller.ts';
import { type ResourceId, resourceId } from '../../shared/model/resource-id.ts';
import { cutScan } from '../../shared/pipeline/cut-scan.ts';
import { requestCheck } from '../../shared/pipeline/note-change.ts';
import type { ServiceContext } from '../../shared/pipeline/service-context.ts';
import type { TenantReader } from '../../shared/ports.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import { memoryAzure } from '../pipeline/memory-azure.ts';
import { memoryService } from '../pipeline/memory-service.ts';

export const ada: Caller = { name: 'ada@example.com', provider: 'aad', roles, hasKey: false };

/** The way a page of ours asks. */
const fromOurPage: Readonly<Record<string, string>> = {
  'sec-fetch-site': 'same-origin',
  'content-type': 'application/json',
};

export interface AskedAs {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly caller?: Caller;
}

export interface DemoOptions {
  /** Besides those of the demo. */
  readonly settings?: object;
  /** The name of the only cluster that there is; all of the demo's where absent. */
  readonly only?: string;
  /** What reads the tenant in place of the demo's reader. */
  readonly reader?: (own: TenantReader) => TenantReader;
}

/** The types of rows that show which clusters there are. */
const rootTypes = /managedclusters$|workspaces(\/\w+)?$|extensions$/i;

export async function servedDemo({
  settings = {},
  only = '',
  reader = (own) => own,
}: DemoOptions = {}) {
  const demo = demoEstate();
  const rows = demo.rows.filter(
    (row) =>
      !rootTypes.test(String(Reflect.get(row, 'type'))) || JSON.stringify(row).includes(only),
  );
  const azure = await memoryAzure(rows);
  const wanted = { ...demo.settings, mode: 'remediate', ...settings };
  const parsed = parseSettings(wanted);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const tenant = reader(azure.tenant);
  const calls = () => ({ resourceGraphCalls: 7, armReads: 11 });
  /** As Azure's reader: what tells whose a resource is comes to whoever asks for it. */
  const tenantOf: ServiceContext['tenant'] = (_, also = []) => ({
    ...tenant,
    readCluster: async (id, roots) =>
      (await tenant.readCluster(id, roots)).filter(
        ({ type }) => type === undefined || !ownershipTypes.includes(type) || also.includes(type),
      ),
  });
  const service = memoryService({ tenant: tenantOf, calls }, wanted, undefined, undefined, {
    maxMode: 'remediate',
    open: async () => azure.writer,
  });
  const { context, stores, now } = service;
  const { scanId } = await cutScan(context);
  await service.drain();
  const reading = { from: 'a test', settings: parsed.settings, problems: [] };
  const api: ApiContext = {
    stores,
    remediations: stores.remediations,
    models: readModels(stores, async () => reading, now),
    live: liveReads(now),
    catalogue,
    maxMode: 'remediate',
    about: { version: '0.0.0', cloud: 'public', scanSchedule: '0 0 2 * * *' },
    now,
    step: async () => context,
  };

  /** What a request is answered. */
  async function ask(
    address: string,
    { method = 'GET', body, caller = ada }: AskedAs = {},
  ): Promise<JsonReply<unknown> | CsvReply | Refused> {
    const { pathname, searchParams: query } = new URL(address, 'http://localhost/');
    const header = (name: string) => fromOurPage[name] ?? null;
    const path = decodeURIComponent(pathname.slice(1));
    const admitted = admit({ method, path, query, header }, caller);
    if (admitted.kind === 'refused') return admitted;
    if (!isAnswered(admitted.name)) throw new Error(`${path} is answered by the functions`);
    return answer(api, admitted, admitted.name, JSON.stringify(body));
  }

  return {
    ...service,
    azure,
    api,
    scanId,
    ask,
    /** What is found, as JSON; throws where it is refused. */
    async found(address: string, as?: AskedAs) {
      const reply = await ask(address, as);
      if (reply.kind !== 'json') throw new Error(`${address}: ${JSON.stringify(reply)}`);
      // As it goes over the wire.
      return JSON.parse(JSON.stringify(reply.json));
    },
    /** Has a cluster checked as after a change, which makes plans. */
    async check(id: ResourceId | string): Promise<void> {
      service.pass(1000);
      await requestCheck(context, resourceId(id));
      await service.drain();
      service.pass(60_000);
    },
  };
}
