/** Whole requests that are wrong, byte by byte, through the functions as the host calls them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// By the default: Node 22 does not see the names of this CommonJS package.
import functions from '@azure/functions';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { startAzurite } from '../../localhost/azurite.ts';
import { clusterKey } from '../../shared/findings/fingerprint.ts';
import { type Route, routes } from '../../shared/api/routes.ts';
import { composeService } from '../../shared/compose-service.ts';
import { cutScan } from '../../shared/pipeline/cut-scan.ts';
import { scanShard } from '../../shared/pipeline/scan-shard.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';
import { startSimulator } from '../../simulator/start-simulator.ts';
import { registeredBy } from '../functions/worker.ts';
import { madeUpPlan } from '../remediation/made-up-plan.ts';
import type { Target } from './fuzz.ts';

const methods = { api: ['GET', 'POST'], dashboard: ['GET', 'HEAD', 'POST'] } as const;
const origin = 'http://localhost';

/** A request as it comes over the wire: a line, headers, an empty line, a body. */
interface Wired {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Undefined for what no host would hand on. */
function wiredIn(given: Buffer): Wired | undefined {
  const end = given.indexOf('\r\n\r\n');
  const [first = '', ...lines] = given
    .subarray(0, end < 0 ? given.length : end)
    .toString('latin1')
    .split('\r\n');
  const [method = '', target = ''] = first.split(' ');
  if (!URL.canParse(target, origin)) return undefined;
  const headers = new Headers();
  for (const line of lines) {
    const at = line.indexOf(':');
    try {
      headers.append(line.slice(0, at), line.slice(at + 1).trim());
    } catch {
      return undefined;
    }
  }
  const body = end < 0 ? Buffer.alloc(0) : given.subarray(end + 4);
  return { method, url: new URL(target, origin), headers, body };
}

/** The path that a function's route stands for, decoded as the host does; undefined where it is another's. */
function pathBelow(prefix: string, { pathname }: URL): string | undefined {
  if (!pathname.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(pathname.slice(prefix.length));
  } catch {
    return undefined;
  }
}

/** Somebody who is signed in, as the platform tells. */
const principal = Buffer.from(
  JSON.stringify({
    auth_typ: 'aad',
    claims: [
      { typ: 'preferred_username', val: 'ada@example.com' },
      { typ: 'roles', val: 'Approver' },
    ],
  }),
).toString('base64');

interface Known {
  readonly key: string;
  readonly fingerprint: string;
  readonly id: string;
  readonly hash: string;
  readonly scanId: string;
  readonly group: string;
}

/** A request for every resource of the table, as it ought to be, by each door. */
function requestsFor(name: string, route: Route, known: Known): readonly string[] {
  const values: Readonly<Record<string, string>> = {
    ...known,
    checkId: 'scoring-inbound-allowed',
    id: name === 'acknowledge' ? known.fingerprint : known.id,
  };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, param: string) => values[param] ?? '');
  const query = queries[route.path] ?? [''];
  const body = bodyOf(route, known);
  return query.flatMap((asked) =>
    ['/api/', '/dashboard/api/'].map((door) =>
      [
        `${route.method} ${door}${path}${asked === '' ? '' : `?${asked}`} HTTP/1.1`,
        'host: localhost',
        `x-ms-client-principal: ${principal}`,
        'sec-fetch-site: same-origin',
        'content-type: application/json',
        'if-none-match: "abc", W/"def"',
        `content-length: ${Buffer.byteLength(body)}`,
        '',
        body,
      ].join('\r\n'),
    ),
  );
}

const queries: Readonly<Record<string, readonly string[]>> = {
  clusters: ['', 'search=a&posture=unknown,compliant&sort=-name&limit=2'],
  'clusters.csv': ['', 'search=a'],
  findings: ['', 'severity=high,low&exempt=true&state=all&limit=3'],
  'findings.csv': ['state=all'],
  alerts: ['state=open'],
  remediations: ['limit=1'],
  scans: ['limit=1'],
  trends: ['since=2026-11-01T00:00:00.000Z'],
  'reports/latest': ['format=csv', 'format=json', 'format=junit', ''],
};

function bodyOf({ path }: Route, { hash, group }: Known): string {
  if (path.endsWith('/acknowledge')) return JSON.stringify({ by: 'ada' });
  if (path === 'what-if') {
    const properties = {
      priority: 100,
      access: 'Deny',
      direction: 'Inbound',
      protocol: '*',
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '*',
    };
    return JSON.stringify({ networkSecurityGroup: group, rule: { name: 'a', properties } });
  }
  return path.startsWith('remediations/{id}/') ? JSON.stringify({ hash, because: 'so' }) : '';
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** A target for each resource of the API; everything they rest on is on this machine. */
export async function openRequestTargets(): Promise<{
  readonly targets: readonly Target[];
  readonly answered: (given: Buffer) => Promise<Answered | undefined>;
  readonly close: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-requests-'));
  const { rows: given, settings } = generateEstate(3, 2);
  const rows = given.map((row) => ({ ...row }));
  const [azure, storage] = await Promise.all([
    startSimulator({ rows, quotas: false }),
    startAzurite(),
  ]);
  await writeFile(join(folder, 'cloud.json'), JSON.stringify(azure.cloud));
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
  const { reader } = azure;
  const env = {
    AzureWebJobsStorage: storage.connectionString,
    SCAN_SCHEDULE: '0 0 2 * * *',
    PORTCULLIS_CLOUD: join(folder, 'cloud.json'),
    PORTCULLIS_SETTINGS: join(folder, 'settings.json'),
    PORTCULLIS_MAX_MODE: 'plan',
    WEBSITE_AUTH_ENABLED: 'true',
    AZURE_TENANT_ID: reader.tenantId,
    AZURE_CLIENT_ID: reader.clientId,
    AZURE_CLIENT_SECRET: reader.clientSecret,
  };
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  const registered = await registeredBy(() => import('../../functions/main.ts'));
  const service = composeService(process.env);
  const context = await service.contextFor(() => {});
  const { scanId, shards } = await cutScan(context);
  for (let shard = 1; shard <= shards; shard += 1) await scanShard(context, { scanId, shard });
  const plan = madeUpPlan(['one']);
  const at = new Date().toISOString();
  const request = { step: 'requested', plan, by: 'service', held: true, at } as const;
  await service.stores.remediations.create(plan.id, request);
  const [finding] = (await service.stores.findings.page(1)).items;
  if (finding === undefined) throw new Error('nothing is wrong with the estate');
  const { fingerprint, checkId, clusterId } = finding;
  await service.stores.alerts.put({
    id: fingerprint,
    source: 'findings',
    subject: clusterId,
    checkId,
    severity: 'high',
    summary: 'It is wrong.',
    state: 'open',
    since: at,
    sequence: 1,
    times: 1,
    confirmed: 1,
    deliveries: {},
  });
  const groups = rows.filter((row) =>
    /networksecuritygroups$/i.test(String(Reflect.get(row, 'type'))),
  );
  const known: Known = {
    key: clusterKey(clusterId),
    fingerprint,
    id: plan.id,
    hash: plan.hash,
    scanId,
    group: String(Reflect.get(groups[0] ?? {}, 'id')),
  };

  function called(name: string, request: HttpRequest): Promise<HttpResponseInit> {
    const found = registered.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} is not registered`);
    // The handler of an HTTP function answers this, by its type.
    return found.call(request) as Promise<HttpResponseInit>;
  }

  /** What a request is answered; undefined where no host would hand it on. */
  async function answered(given: Buffer): Promise<Answered | undefined> {
    const wired = wiredIn(given);
    if (wired === undefined) return undefined;
    const { method, url, headers, body } = wired;
    const name = url.pathname.startsWith('/dashboard/') ? 'dashboard' : 'api';
    const path = pathBelow(`/${name}/`, url);
    if (path === undefined || !methods[name].some((one) => one === method)) return undefined;
    // Undici refuses a body there.
    const isBare = method === 'GET' || method === 'HEAD' || body.length === 0;
    const answer = await called(
      name,
      new functions.HttpRequest({
        method,
        url: url.href,
        headers: Object.fromEntries(headers),
        query: Object.fromEntries(url.searchParams),
        params: { path },
        ...(isBare ? {} : { body: { bytes: body } }),
      }),
    );
    const response = new functions.HttpResponse(answer);
    return { status: response.status, text: await response.text() };
  }

  async function take(given: Buffer): Promise<string | undefined> {
    const told = await answered(given);
    return told === undefined || told.status < 500 || isSaid(told)
      ? undefined
      : `it answers ${told.status}: ${told.text.slice(0, 500)}`;
  }

  return {
    targets: Object.entries(routes).map(([name, route]) => ({
      name: `asked: ${name}`,
      samples: requestsFor(name, route, known),
      take,
    })),
    answered,
    async close() {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await Promise.all([azure.stop(), storage.stop(), rm(folder, { recursive: true })]);
    },
  };
}

/** Everything here is well, so what goes wrong is Azure's: of what was asked for there is none. */
function isSaid({ status, text }: Answered): boolean {
  if (status !== 502) return false;
  const told: unknown = JSON.parse(text);
  return (
    typeof told === 'object' && told !== null && typeof Reflect.get(told, 'error') === 'string'
  );
}
