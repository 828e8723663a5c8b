import { type QueryRequest, ResourceGraphClient } from '@azure/arm-resourcegraph';
import type { TokenCredential } from '@azure/core-auth';
import {
  createHttpHeaders,
  createPipelineRequest,
  RestError,
  type PipelinePolicy,
} from '@azure/core-rest-pipeline';
import { AzureError, SignInError, azureErrorOf } from './azure-error.ts';
import { clockPolicy } from './clock-policy.ts';
import { type CallCount, countingPolicy, newCallCount } from './call-count.ts';
import type { Cloud } from './cloud.ts';
import { ownHostsPolicy } from './own-hosts-policy.ts';
import { type Patience, defaultPatience, patiencePolicy } from './patience-policies.ts';
import type { Urgency } from './quota.ts';
import { type Clock, type QuotaLimiter, machineClock, quotaLimiter } from './quota-limiter.ts';
import { type PipelineOptions, restPipeline } from './rest-pipeline.ts';
import { type TokenClaims, claimsOf } from './sign-in.ts';

/** A JSON object as Azure sends it. */
export type Json = Readonly<Record<string, unknown>>;

/** A query, and where it looks: everywhere the reader may where neither list is given. */
export interface ResourceGraphQuery {
  readonly query: string;
  readonly subscriptions?: readonly string[];
  readonly managementGroups?: readonly string[];
}

/** At most a thousand rows, and how to get the next ones. */
interface ResourceGraphPage {
  readonly rows: readonly Json[];
  /** Undefined on the last page. */
  readonly skipToken: string | undefined;
  /** Why rows are missing that no token leads to; undefined where none are. */
  readonly cutOff: string | undefined;
}

/**
 * What the adapter asks of Azure, through the SDKs where there is a current one. Every method throws
 * `AzureError` for what Azure answered, `SignInError` where nobody is signed in.
 */
export interface AzureClients {
  readonly cloud: Cloud;
  readonly calls: CallCount;
  /** The same clients for checks that somebody waits for: Azure's quotas keep something for them. */
  inHaste(): AzureClients;
  /** Who is signed in, as the token for Resource Manager says; undefined where it does not. */
  signedInAs(): Promise<TokenClaims | undefined>;
  /** Milliseconds that this machine's clock was behind Azure's at the last answer; undefined before. */
  clockBehindMs(): number | undefined;
  queryResources(query: ResourceGraphQuery, skipToken?: string): Promise<ResourceGraphPage>;
  /** The service tag list of the cloud; the region is a version, not a filter. */
  serviceTags(subscriptionId: string, region: string): Promise<Json>;
  /** Deny assignments at, above and below the subscription, shaped as Resource Manager sends them. */
  denyAssignments(subscriptionId: string): AsyncIterable<Json>;
  /** A resource as Resource Manager has it now. */
  getArm(path: string, apiVersion: string): Promise<Json>;
  /** The items of a list of Resource Manager, every page; `filter` is its `$filter`. */
  listArm(path: string, apiVersion: string, filter?: string): AsyncIterable<Json>;
  /** An object of Microsoft Graph, by its path behind the version. */
  getGraph(path: string): Promise<Json>;
  /** The items of a list of Microsoft Graph, every page. */
  listGraph(path: string): AsyncIterable<Json>;
}

export interface AzureClientOptions {
  readonly cloud: Cloud;
  readonly credential: TokenCredential;
  /** Names the program to Azure: `portcullis/1.2.3`. */
  readonly userAgent: string;
  readonly patience?: Partial<Patience>;
  /** By which requests wait for Azure's quotas; this machine's where absent. */
  readonly clock?: Clock;
}

/** Resource Graph returns no more rows at once. */
const pageSize = 1000;

/** Clients that count and limit their calls together. */
export function azureClients(options: AzureClientOptions): AzureClients {
  const { cloud, clock = machineClock } = options;
  const patience = { ...defaultPatience, ...options.patience };
  const limiter = quotaLimiter(clock, cloud.graph, patience.retryAfterMs);
  const shared = { calls: newCallCount(), limiter, patience };
  return clientsFor('scan', options, shared);
}

function clientsFor(
  urgency: Urgency,
  options: AzureClientOptions,
  together: {
    readonly calls: CallCount;
    readonly limiter: QuotaLimiter;
    readonly patience: Patience;
  },
): AzureClients {
  const { cloud, credential, userAgent } = options;
  const { calls, limiter, patience } = together;
  const shared = {
    endpoint: cloud.arm,
    userAgentOptions: { userAgentPrefix: userAgent },
    retryOptions: { maxRetries: patience.maxRetries, retryDelayInMs: patience.retryDelayMs },
    ...(cloud.ca === undefined ? {} : { tlsOptions: { ca: cloud.ca } }),
  };
  let clockBehindMs: number | undefined;
  const perAttempt = [
    limiter.policy(urgency),
    clockPolicy(Date.now, (ms) => {
      clockBehindMs = ms;
    }),
    ownHostsPolicy([cloud.arm, cloud.graph]),
    patiencePolicy(patience),
    countingPolicy(calls, cloud.graph),
  ];
  const sdk = {
    ...shared,
    // One client speaks the older dialect of these options, two the newer.
    credentials: { scopes: [`${cloud.arm}/.default`] },
    credentialScopes: `${cloud.arm}/.default`,
  };
  const attempts = additional(perAttempt);
  const resourceGraph = new ResourceGraphClient(credential, {
    ...sdk,
    additionalPolicies: attempts,
  });
  const arm = restClient(credential, `${cloud.arm}/.default`, shared, perAttempt);
  const graph = restClient(credential, `${cloud.graph}/.default`, shared, perAttempt);

  /** Whoever is let in to Resource Manager may be kept out of Microsoft Graph, which few verdicts need. */
  async function askGraph(url: string): Promise<Json> {
    try {
      return await graph(url);
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      throw new AzureError('notSignedIn', error.message, { cause: error });
    }
  }

  async function* list(
    client: (url: string) => Promise<Json>,
    first: string,
    nextMember: string,
  ): AsyncGenerator<Json> {
    const seen = pagesSeen();
    for (let url: string | undefined = first; url !== undefined;) {
      seen.add(url);
      const page: Json = await client(url);
      yield* objectsIn(page['value']);
      url = nextOf(page[nextMember]);
    }
  }

  return {
    cloud,
    calls,
    inHaste: () => clientsFor('check', options, together),
    async signedInAs() {
      const token = await explained(credential.getToken(sdk.credentialScopes));
      if (token === null) throw new SignInError('cannot sign in to Azure: there is no token');
      return claimsOf(token.token);
    },
    clockBehindMs: () => clockBehindMs,
    async queryResources({ query, subscriptions, managementGroups }, skipToken) {
      let limitHit = false;
      const request: QueryRequest = {
        query,
        ...(subscriptions === undefined ? {} : { subscriptions: [...subscriptions] }),
        ...(managementGroups === undefined ? {} : { managementGroups: [...managementGroups] }),
        options: {
          top: pageSize,
          resultFormat: 'objectArray',
          authorizationScopeFilter: 'AtScopeAboveAndBelow',
          ...(skipToken === undefined ? {} : { skipToken }),
        },
      };
      const answer = await explained(
        resourceGraph.resources(request, {
          onResponse: ({ headers }) => {
            limitHit = headers.get('x-ms-tenant-subscription-limit-hit') === 'true';
          },
        }),
      );
      const { data, skipToken: next, resultTruncated } = answer;
      if (next !== undefined && next === skipToken) {
        throw new AzureError('unavailable', 'Resource Graph gives the same page again and again');
      }
      return {
        rows: objectsIn(data),
        skipToken: next,
        cutOff: cutOffOf(next === undefined && resultTruncated === 'true', limitHit),
      };
    },
    async serviceTags(subscriptionId, region) {
      // A third of the app's code, for one request of a scan: it is loaded for that.
      const { NetworkManagementClient } = await import('@azure/arm-network');
      const client = new NetworkManagementClient(credential, subscriptionId, {
        ...sdk,
        additionalPolicies: attempts,
      });
      return { ...(await explained(client.serviceTags.list(region))) };
    },
    async *denyAssignments(subscriptionId) {
      const { AuthorizationManagementClient, getContinuationToken } =
        await import('@azure/arm-authorization');
      const client = new AuthorizationManagementClient(credential, subscriptionId, {
        ...sdk,
        additionalPolicies: attempts,
      });
      const seen = pagesSeen();
      const pages = client.denyAssignments.list().byPage();
      for (;;) {
        const page = await explained(pages.next());
        if (page.done === true) return;
        seen.add(getContinuationToken(page.value) ?? '');
        for (const { id, name, type, ...properties } of objectsIn(page.value)) {
          yield { id, name, type, properties };
        }
      }
    },
    getArm: (path, apiVersion) => arm(`${cloud.arm}${path}?api-version=${apiVersion}`),
    listArm: (path, apiVersion, filter) => {
      const query = filter === undefined ? '' : `&$filter=${encodeURIComponent(filter)}`;
      return list(arm, `${cloud.arm}${path}?api-version=${apiVersion}${query}`, 'nextLink');
    },
    getGraph: (path) => askGraph(`${cloud.graph}/v1.0${path}`),
    listGraph: (path) => list(askGraph, `${cloud.graph}/v1.0${path}`, '@odata.nextLink'),
  };
}

/** Source: https://learn.microsoft.com/azure/governance/resource-graph/troubleshoot/general */
function cutOffOf(truncated: boolean, limitHit: boolean): string | undefined {
  if (truncated) return 'Resource Graph cut the answer off and gave no way to the rest';
  return limitHit
    ? 'Resource Graph looked into the first 10,000 subscriptions only; name subscriptions or management groups'
    : undefined;
}

function additional(policies: readonly PipelinePolicy[]) {
  return policies.map((policy) => ({ policy, position: 'perRetry' as const }));
}

function nextOf(link: unknown): string | undefined {
  if (link === undefined || link === null || link === '') return undefined;
  if (typeof link === 'string' && URL.canParse(link)) return link;
  throw new AzureError('unavailable', 'the link to the next page is no address');
}

/** Remembers the pages of a list; one that leads back to an earlier one has no end. */
function pagesSeen(): { add(link: string): void } {
  const seen = new Set<string>();
  return {
    add(link) {
      if (link !== '' && seen.has(link)) {
        throw new AzureError('unavailable', 'the pages of the list lead in a circle');
      }
      seen.add(link);
    },
  };
}

/** The items of a list that came in an answer. */
function objectsIn(list: unknown): readonly Json[] {
  if (!Array.isArray(list)) throw new AzureError('unavailable', 'the answer holds no list');
  return list.map((item: unknown) => {
    if (typeof item === 'object' && item !== null) return Object.fromEntries(Object.entries(item));
    throw new AzureError('unavailable', 'the list in the answer holds what is no object');
  });
}

/** GET with sign-in and retries, for what no SDK of today reads. */
function restClient(
  credential: TokenCredential,
  scope: string,
  options: PipelineOptions,
  perAttempt: readonly PipelinePolicy[],
): (url: string) => Promise<Json> {
  const send = restPipeline(credential, scope, options, perAttempt, 'untilAnswered');
  return (url) =>
    explained(
      (async () => {
        const headers = createHttpHeaders({ accept: 'application/json' });
        const request = createPipelineRequest({ url, method: 'GET', headers });
        const response = await send(request);
        if (response.status !== 200) {
          throw new RestError(`it answered ${response.status}`, {
            statusCode: response.status,
            request,
            response,
          });
        }
        return objectOf(response.bodyAsText);
      })(),
    );
}

function objectOf(text: string | null | undefined): Json {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text ?? '');
  } catch (error) {
    throw new AzureError('unavailable', 'the answer is no JSON', { cause: error });
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    return Object.fromEntries(Object.entries(parsed));
  }
  throw new AzureError('unavailable', 'the answer is no JSON object');
}

async function explained<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw azureErrorOf(error);
  }
}
