import { type Fault, type Misfortune, createFaults, faultAnswer } from './http/faults.ts';
import { type Answer, type Call, failure } from './http/wire.ts';
import { authorityAnswer } from './identity/authority.ts';
import type { DeliveryOptions, EventGrid } from './event-grid/event-grid.ts';
import { callerOf, estateOperator, estateReader, expiredToken } from './identity/callers.ts';
import { microsoftGraphAnswer } from './microsoft-graph/microsoft-graph.ts';
import { type IdentityGrant, createAccess } from './permissions/access.ts';
import {
  type QueryQuotaLimits,
  createQueryQuota,
  documentedQueryQuota,
  quotaHeaders,
  rateLimited,
} from './quotas/query-quota.ts';
import {
  type BucketLimits,
  type RequestKind,
  createTokenBuckets,
  documentedBuckets,
} from './quotas/token-buckets.ts';
import { createResourceGraph, resourceGraphPath } from './resource-graph/resource-graph.ts';
import { armAnswer } from './arm/arm-answer.ts';
import type { Estate, SignedCall } from './surface.ts';
import { keyOf } from './tenant/azure-id.ts';
import type { Tenant } from './tenant/tenant.ts';

/** What a simulator may be asked to do differently from a quiet Azure. */
export interface AnswerOptions {
  /** What the estate's reader holds; absent: Reader at the root of the tenant. */
  readonly reader?: { readonly grants: readonly IdentityGrant[] };
  /** Whether Microsoft Graph refuses everyone. */
  readonly graphDenied?: boolean;
  /** `false` switches a quota, or all of them, off; absent are Azure's documented ones. */
  readonly quotas?:
    | false
    | {
        readonly resourceGraph?: QueryQuotaLimits | false;
        readonly resourceManager?: Readonly<Record<RequestKind, BucketLimits>> | false;
      };
  /** How many items a page of a list holds; absent: 100. */
  readonly pageSize?: number;
  readonly faults?: readonly Fault[];
  /** How far Resource Graph lies behind Resource Manager, in milliseconds; absent: not at all. */
  readonly indexLagMs?: number;
  /** How Event Grid delivers; absent: at once, each event once. */
  readonly events?: DeliveryOptions;
}

/** An answer, what befalls it on its way, and to whom it goes. */
export interface Outcome {
  readonly answer: Answer;
  readonly does: Misfortune | undefined;
  readonly caller: string | undefined;
}

/** Reader, the built-in role, at the root. */
const readerEverywhere: readonly IdentityGrant[] = [{ scope: '/', actions: ['*/read'] }];

/** What the simulator says to each call: faults first, then sign-in, then the surface it is for. */
export function createAnswers(
  tenant: Tenant,
  options: AnswerOptions,
  now: () => Date,
  eventGrid: EventGrid,
): (call: Call, at: Date) => Outcome {
  const grants = options.reader?.grants ?? readerEverywhere;
  const estate: Estate = {
    tenant,
    access: createAccess(tenant, {
      [estateReader.objectId]: grants,
      [estateOperator.objectId]: [{ scope: '/', actions: ['*'] }],
    }),
    tenantId: estateReader.tenantId,
    pageSize: options.pageSize ?? 100,
    now,
    indexLagMs: () => options.indexLagMs ?? 0,
    eventGrid,
  };
  const resourceGraph = createResourceGraph(estate);
  const faults = createFaults(options.faults ?? []);
  const throttles = createThrottles(options.quotas);

  function signed(call: SignedCall, at: Date): Answer {
    const path = call.path.toLowerCase();
    const { objectId } = call.caller;
    if (isForGraph(call)) {
      return microsoftGraphAnswer(call, estate, options.graphDenied ?? false);
    }
    if (path === resourceGraphPath) {
      const state = throttles.queries?.(objectId, at);
      if (state === undefined) return resourceGraph(call);
      return state.refused
        ? rateLimited(state, at)
        : withHeaders(resourceGraph(call), quotaHeaders(state));
    }
    const state = throttles.requests?.(objectId, keyOf(path), call.method, at);
    return state?.refused ?? withHeaders(armAnswer(call, estate), state?.headers ?? {});
  }

  function answerTo(
    call: Call,
    caller: ReturnType<typeof callerOf>,
    does: Misfortune | undefined,
    at: Date,
  ): Answer {
    if (does?.kind === 'status') return faultAnswer(does);
    if (does?.kind === 'expiredToken') {
      return expiredToken(call.origin, new Date(at.getTime() - 1000), at);
    }
    const authority = authorityAnswer(call, tenant, at);
    if (authority !== undefined) return authority;
    if ('refused' in caller) return isForGraph(call) ? unsignedOfGraph() : caller.refused;
    return signed({ ...call, caller }, at);
  }

  return (call, at) => {
    const caller = callerOf(call.headers, call.origin, at);
    const does = faults(call);
    return {
      answer: answerTo(call, caller, does, at),
      does,
      caller: 'refused' in caller ? undefined : caller.objectId,
    };
  };
}

function createThrottles(quotas: AnswerOptions['quotas']) {
  const given =
    quotas === false ? ({ resourceGraph: false, resourceManager: false } as const) : quotas;
  const { resourceGraph = documentedQueryQuota, resourceManager = documentedBuckets } = given ?? {};
  return {
    queries: resourceGraph === false ? undefined : createQueryQuota(resourceGraph),
    requests: resourceManager === false ? undefined : createTokenBuckets(resourceManager),
  };
}

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

function isForGraph({ path }: Call): boolean {
  return path.toLowerCase().startsWith('/v1.0/');
}

function unsignedOfGraph(): Answer {
  return failure(401, 'InvalidAuthenticationToken', 'Access token is empty.');
}
