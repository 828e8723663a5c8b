import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { saidIn } from './azure-error.ts';

/** How an operation ended that Azure went on with after its answer. */
export type OperationEnd =
  | { readonly kind: 'succeeded' }
  /** It failed, was canceled, or how it ended could not be learned: it may have been done or not. */
  | { readonly kind: 'unclear'; readonly says: string };

export interface OperationPatience {
  /** Resolves after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Milliseconds between two looks, where Azure does not say. */
  readonly pollMs: number;
  /** Milliseconds after which nobody looks again. */
  readonly mostMs: number;
}

/**
 * Waits until Azure is done with a request that it has accepted: it says where to look in
 * `Azure-AsyncOperation` or `Location`, or in the state of the resource itself.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
 */
export async function operationEnd(
  accepted: PipelineResponse,
  get: (url: string) => Promise<PipelineResponse>,
  { wait, pollMs, mostMs }: OperationPatience,
): Promise<OperationEnd> {
  if (accepted.status === 202 && addressIn(accepted) === undefined) {
    return { kind: 'unclear', says: '202: Azure does not say where to follow it' };
  }
  let last = accepted;
  let waited = 0;
  for (let url = addressIn(accepted); url !== undefined;) {
    const pause = retryAfterMs(last) ?? pollMs;
    waited += pause;
    if (waited > mostMs) {
      return { kind: 'unclear', says: `the operation was not over after ${mostMs / 1000} s` };
    }
    await wait(pause);
    last = await get(url);
    const end = endIn(last);
    if (end !== undefined) return end;
    // Each answer may name another place to look.
    url = addressIn(last) ?? url;
  }
  return { kind: 'succeeded' };
}

/** Where to look how it goes on; undefined where the answer was all. */
function addressIn({ headers, status, request, bodyAsText }: PipelineResponse): string | undefined {
  const told = headers.get('azure-asyncoperation');
  if (told !== undefined) return told;
  if (status === 202) return headers.get('location');
  if (request.method !== 'PUT') return undefined;
  const body = readBody(bodyAsText);
  return body === 'unreadable' || isUnderWay(stateIn(body)) ? request.url : undefined;
}

/** How it ended, as a look shows; undefined while it goes on. */
function endIn({ status, bodyAsText }: PipelineResponse): OperationEnd | undefined {
  if (status === 202) return undefined;
  if (status === 204) return { kind: 'succeeded' };
  const said = saidIn(bodyAsText);
  const words = said === undefined ? '' : `, ${said.code}: ${said.message}`;
  if (status !== 200 && status !== 201) {
    return { kind: 'unclear', says: `the operation cannot be followed: ${status}${words}` };
  }
  const body = readBody(bodyAsText);
  if (body === 'unreadable') return undefined;
  const state = stateIn(body);
  if (state === undefined || /^succeeded$/i.test(state)) return { kind: 'succeeded' };
  return isUnderWay(state)
    ? undefined
    : { kind: 'unclear', says: `the operation ended as ${state}${words}` };
}

function isUnderWay(state: string | undefined): boolean {
  return state !== undefined && !/^(?:succeeded|failed|canceled|cancelled)$/i.test(state);
}

type Body = Readonly<Record<string, unknown>>;

/** The status of an operation, or the provisioning state of a resource. */
function stateIn({ status, properties }: Body): string | undefined {
  if (typeof status === 'string') return status;
  if (typeof properties !== 'object' || properties === null) return undefined;
  const state: unknown = Reflect.get(properties, 'provisioningState');
  return typeof state === 'string' ? state : undefined;
}

/** The members of a body, none of an empty one; a gateway may send what nobody can read. */
function readBody(text: string | null | undefined): Body | 'unreadable' {
  if (text === null || text === undefined || text === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

function retryAfterMs({ headers }: PipelineResponse): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
