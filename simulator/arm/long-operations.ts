import { randomUUID } from 'node:crypto';
import { type Answer, type Call, ok } from '../http/wire.ts';
import type { Schedule } from '../tenant/schedule.ts';
import { lastOf, subscriptionIn } from '../tenant/azure-id.ts';
import { armErrors } from './arm-errors.ts';
import type { Operation } from './operation.ts';
import type { Target } from './target.ts';

/** How long Azure takes for a write of a network resource, and how it says that it is not done. */
export interface OperationOptions {
  /** Milliseconds until it is done; absent: none, and the answer is the end of it. */
  readonly lastsMs?: number;
  /** In the header Retry-After, in seconds; absent: no such header. */
  readonly retryAfter?: number;
  /** Where its end is told; absent: `Azure-AsyncOperation`. `state` is the provisioning state alone, of what is left to have one. */
  readonly toldBy?: 'azureAsyncOperation' | 'location' | 'state';
  /** Another address to follow it at, which it is not. */
  readonly at?: string;
}

type Status = 'InProgress' | 'Succeeded' | 'Failed';

interface LongOperation {
  readonly id: string;
  /** The resource that nobody else may write meanwhile. */
  readonly on: string;
  readonly address: string;
  readonly failsAs: string | undefined;
  status: Status;
}

/** What is asked of a write that Azure goes on with. */
interface Begun {
  readonly call: Call;
  /** The key of the resource that it keeps others from writing. */
  readonly on: string;
  /** The code of the error that it ends with; undefined where it succeeds. */
  readonly failsAs: string | undefined;
  readonly atEnd: (status: 'Succeeded' | 'Failed') => void;
}

export interface LongOperations {
  /** Where to follow what is under way on a resource; undefined where nothing is. */
  underWayOn(key: string): string | undefined;
  /** Whether a write takes any time. */
  readonly takesTime: boolean;
  /** Begins one; the headers that tell of it, and whether they lead anywhere. */
  begin(begun: Begun): Readonly<Record<string, string>>;
  /** What is answered to whoever follows one; undefined where the target is none. */
  followed(call: Call, target: Target): Operation | undefined;
}

const followedType = /^microsoft\.network\/locations\/(operations|operationresults)$/;

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations */
export function createLongOperations(
  { lastsMs = 0, retryAfter, toldBy = 'azureAsyncOperation', at }: OperationOptions,
  schedule: Schedule,
): LongOperations {
  const operations = new Map<string, LongOperation>();
  const pause: Record<string, string> =
    retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };

  function statusOf({ id, status, failsAs }: LongOperation): Answer {
    const error =
      status === 'Failed'
        ? { error: { code: failsAs, message: 'The operation failed: simulated.' } }
        : {};
    return ok({ id, status, ...error }, status === 'InProgress' ? pause : {});
  }

  function resultOf({ status, failsAs }: LongOperation, { origin, path, query }: Call): Answer {
    if (status === 'InProgress') {
      const headers = { Location: `${origin}${path}?${query.toString()}`, ...pause };
      return { status: 202, headers, body: '' };
    }
    return status === 'Succeeded'
      ? { status: 204, body: '' }
      : armErrors.operationFailed(failsAs ?? 'InternalServerError');
  }

  return {
    takesTime: lastsMs > 0,
    underWayOn: (key) =>
      [...operations.values()].find(({ on, status }) => on === key && status === 'InProgress')
        ?.address,
    begin({ call, on, failsAs, atEnd }) {
      const id = randomUUID();
      const place = `${call.origin}/subscriptions/${subscriptionIn(on) ?? ''}/providers/Microsoft.Network/locations/westeurope`;
      const address = `${place}/operations/${id}?api-version=2024-05-01`;
      const begun: LongOperation = { id, on, address, failsAs, status: 'InProgress' };
      operations.set(id, begun);
      schedule.after(lastsMs, () => {
        begun.status = failsAs === undefined ? 'Succeeded' : 'Failed';
        atEnd(begun.status);
      });
      const isRemoval = call.method === 'DELETE';
      if (toldBy === 'state' && !isRemoval) return pause;
      const result = `${place}/operationResults/${id}?api-version=2024-05-01`;
      const told: Record<string, string> =
        toldBy !== 'azureAsyncOperation'
          ? { Location: result }
          : { 'Azure-AsyncOperation': at ?? address };
      return { ...told, ...pause };
    },
    followed(call, target) {
      const [, kind] = followedType.exec(target.type) ?? [];
      if (kind === undefined || call.method !== 'GET') return undefined;
      const found = operations.get(lastOf(target.key));
      const answer = (): Answer => {
        if (found === undefined) {
          return armErrors.resourceNotFound(target.writtenType, target.writtenScope, undefined);
        }
        return kind === 'operations' ? statusOf(found) : resultOf(found, call);
      };
      const { writtenType, writtenScope: scope } = target;
      return { action: `${writtenType}/read`, needs: 'nothing', scope, answer };
    },
  };
}
