import { type Adversary, type Interfered, createAdversaries } from './adversaries.ts';
import { type OperationOptions, createLongOperations } from './arm/long-operations.ts';
import { type SimulatedRequest, type Trouble, controlAnswer } from './control.ts';
import {
  type Fault,
  type Misfortune,
  createFaults,
  faultAnswer,
  misledAnswer,
} from './http/faults.ts';
import { type Answer, type Call, failure } from './http/wire.ts';
import { authorityAnswer } from './identity/authority.ts';
import type { DeliveryOptions, EventGrid } from './event-grid/event-grid.ts';
import {
  callerOf,
  estateOperator,
  estateReader,
  estateRemediator,
  estateRival,
  expiredToken,
} from './identity/callers.ts';
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
import type { Estate, SignedCall } from './surface.ts';
import { keyOf } from './tenant/azure-id.ts';
import type { Schedule } from './tenant/schedule.ts';
import type { Tenant } from './tenant/tenant.ts';

/** What a simulator may be asked to do differently from a quiet Azure. */
export interface AnswerOptions {
  /** What the estate's reader holds; absent: Reader at the root of the tenant. */
  readonly reader?: { readonly grants: readonly IdentityGrant[] };
  /** What the estate's remediator holds; absent: what its role gives, at the root of the tenant. */
  readonly remediator?: { readonly grants: readonly IdentityGrant[] };
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
  /** Who interferes with requests to Resource Manager. */
  readonly adversaries?: readonly Adversary[];
  /** How long writes of security rules take; absent: no time. */
  readonly operations?: OperationOptions;
  /** Principals, by object id, whom the directory no longer knows, or does not know everywhere yet. */
  readonly directory?: Readonly<Record<string, 'absent' | 'replicating'>>;
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

/** What changes security rules and role assignments, and nothing else. */
const remediatorEverywhere: readonly IdentityGrant[] = [
  {
    scope: '/',
    actions: [
      'Microsoft.Authorization/roleAssignments/delete',
      'Microsoft.Authorization/roleAssignments/read',
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Network/networkSecurityGroups/read',
      'Microsoft.Network/networkSecurityGroups/securityRules/delete',
      'Microsoft.Network/networkSecurityGroups/securityRules/read',
      'Microsoft.Network/networkSecurityGroups/securityRules/write',
    ],
  },
];

const everything: readonly IdentityGrant[] = [{ scope: '/', actions: ['*'] }];

/** What the simulator answers from. */
export interface AnswerWorld {
  readonly tenant: Tenant;
  readonly now: () => Date;
  readonly eventGrid: EventGrid;
  readonly schedule: Schedule;
  readonly writes: () => readonly SimulatedRequest[];
  readonly snapshot: () => string;
}

/** What the simulator says to each call, and what can go wrong with it. */
export interface Answers {
  readonly answer: (call: Call, at: Date) => Outcome;
  readonly trouble: (trouble: Trouble) => void;
  readonly interfered: readonly Interfered[];
  readonly befallen: readonly Misfortune[];
}

/** What the simulator says to each call: faults first, then sign-in, then the surface it is for. */
export function createAnswers(world: AnswerWorld, options: AnswerOptions): Answers {
  const { tenant, now, eventGrid, schedule, writes, snapshot } = world;
  let indexLagMs = options.indexLagMs ?? 0;
  const estate: Estate = {
    tenant,
    access: createAccess(tenant, {
      [estateReader.objectId]: options.reader?.grants ?? readerEverywhere,
      [estateRemediator.objectId]: options.remediator?.grants ?? remediatorEverywhere,
      [estateOperator.objectId]: everything,
      [estateRival.objectId]: everything,
    }),
    tenantId: estateReader.tenantId,
    pageSize: options.pageSize ?? 100,
    now,
    indexLagMs: () => indexLagMs,
    eventGrid,
    operations: createLongOperations(options.operations ?? {}, schedule),
    directory: Object.fromEntries(
      Object.entries(options.directory ?? {}).map(([id, state]) => [id.toLowerCase(), state]),
    ),
  };
  const interfered: Interfered[] = [];
  const befallen: Misfortune[] = [];
  const adversariesOf = (adversaries: readonly Adversary[]) =>
    createAdversaries(adversaries, estate, schedule, (one) => interfered.push(one));
  const resourceGraph = createResourceGraph(estate);
  let faults = createFaults(options.faults ?? []);
  let arm = adversariesOf(options.adversaries ?? []);
  const control = {
    trouble: (trouble: Trouble): void => {
      faults = createFaults(trouble.faults ?? []);
      arm = adversariesOf(trouble.adversaries ?? []);
      indexLagMs = trouble.indexLagMs ?? options.indexLagMs ?? 0;
    },
    interfered,
    writes,
    snapshot,
  };
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
    return state?.refused ?? withHeaders(arm(call), state?.headers ?? {});
  }

  function surfaceAnswer(
    call: Call,
    caller: ReturnType<typeof callerOf>,
    does: Misfortune | undefined,
    at: Date,
  ): Answer {
    const authority = authorityAnswer(call, tenant, at);
    if (authority !== undefined) return authority;
    const known = 'refused' in caller ? undefined : caller;
    const controlled = controlAnswer(call, known, control);
    if (controlled !== undefined) return controlled;
    if ('refused' in caller) return isForGraph(call) ? unsignedOfGraph() : caller.refused;
    const failsAs = does?.kind === 'failsLater' ? does.code : undefined;
    return signed({ ...call, caller, failsAs }, at);
  }

  function answerTo(
    call: Call,
    caller: ReturnType<typeof callerOf>,
    does: Misfortune | undefined,
    at: Date,
  ): Answer {
    if (does?.kind === 'expiredToken') {
      return expiredToken(call.origin, new Date(at.getTime() - 1000), at);
    }
    const surface = (): Answer => surfaceAnswer(call, caller, does, at);
    if (does?.kind === 'status') {
      if (does.done === true) surface();
      return faultAnswer(does);
    }
    if (does?.kind === 'reset' && does.lateMs !== undefined) {
      schedule.after(does.lateMs, surface);
      return nothing;
    }
    const isUndone = (does?.kind === 'reset' || does?.kind === 'hang') && does.undone === true;
    return isUndone ? nothing : surface();
  }

  return {
    trouble: control.trouble,
    interfered,
    befallen,
    answer(call, at) {
      schedule.catchUp();
      const caller = callerOf(call.headers, call.origin, at);
      const objectId = 'refused' in caller ? undefined : caller.objectId;
      const isControl = call.segments[0] === 'simulator';
      const does = isControl
        ? undefined
        : faults({
            path: call.path,
            query: call.query,
            method: call.method,
            body: call.body,
            caller: objectId,
          });
      const whole = answerTo(call, caller, does, at);
      const answer = misledAnswer(
        whole,
        does,
        `${call.origin}${call.path}?${call.query.toString()}`,
      );
      const isOfLists = does?.kind === 'itemsTwice' || does?.kind === 'samePage';
      if (does !== undefined && (answer !== whole || !isOfLists)) befallen.push(does);
      return { answer, does, caller: objectId };
    },
  };
}

/** What nobody ever sees. */
const nothing: Answer = { status: 500, body: '' };

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
