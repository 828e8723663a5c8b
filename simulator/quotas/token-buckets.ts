import { type Answer, failure } from '../http/wire.ts';
import { subscriptionIn } from '../tenant/azure-id.ts';

/** A bucket holds so many requests at most and regains so many each second. */
export interface BucketLimits {
  readonly size: number;
  readonly refillPerSecond: number;
}

/** The kinds of requests that Resource Manager counts apart. */
export type RequestKind = 'reads' | 'writes' | 'deletes';

/**
 * Limits for each subscription (or tenant), principal and kind.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
export const documentedBuckets: Readonly<Record<RequestKind, BucketLimits>> = {
  reads: { size: 250, refillPerSecond: 25 },
  writes: { size: 200, refillPerSecond: 10 },
  deletes: { size: 200, refillPerSecond: 10 },
};

/** The outcome of taking one request from a bucket. */
export interface BucketState {
  readonly refused: Answer | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes requests from the buckets of subscription × principal × kind. */
export function createTokenBuckets(limits: Readonly<Record<RequestKind, BucketLimits>>) {
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>();
  return (principalId: string, key: string, method: string, now: Date): BucketState => {
    const subscription = subscriptionIn(key);
    const kind = kindOf(method);
    const { size, refillPerSecond } = limits[kind];
    const name = `${subscription ?? 'tenant'} ${principalId} ${kind}`;
    // Milliseconds are whole numbers; of seconds a part would get lost.
    const at = now.getTime();
    const before = buckets.get(name) ?? { tokens: size, at };
    const tokens = Math.min(size, before.tokens + ((at - before.at) * refillPerSecond) / 1000);
    if (tokens < 1) {
      buckets.set(name, { tokens, at });
      const wait = Math.max(1, Math.ceil((1 - tokens) / refillPerSecond));
      return { refused: throttled(subscription, principalId, kind, wait), headers: {} };
    }
    buckets.set(name, { tokens: tokens - 1, at });
    const where = subscription === undefined ? 'tenant' : 'subscription';
    const header = `x-ms-ratelimit-remaining-${where}-${kind}`;
    return { refused: undefined, headers: { [header]: String(Math.floor(tokens - 1)) } };
  };
}

/** POST is an action: Resource Manager counts it with the writes. */
function kindOf(method: string): RequestKind {
  if (method === 'GET' || method === 'HEAD') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}

function throttled(
  subscription: string | undefined,
  principalId: string,
  kind: RequestKind,
  wait: number,
): Answer {
  const [code, where] =
    subscription === undefined
      ? ['TenantRequestsThrottled', 'tenant']
      : ['SubscriptionRequestsThrottled', `subscription '${subscription}'`];
  return failure(
    429,
    code,
    `Number of '${kind.slice(0, -1)}' requests for ${where} actor '${principalId}' exceeded. Please try again after '${wait}' seconds.`,
    { headers: { 'Retry-After': String(wait) } },
  );
}
