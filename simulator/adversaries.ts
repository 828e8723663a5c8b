import { armAnswer } from './arm/arm-answer.ts';
import { type Trigger, createTriggers } from './http/faults.ts';
import type { Answer } from './http/wire.ts';
import { estateRival } from './identity/callers.ts';
import type { Estate, SignedCall } from './surface.ts';
import type { Schedule } from './tenant/schedule.ts';
import { writtenProperties } from './arm/arm-write.ts';
import { type Row, isRow } from './tenant/tenant.ts';

/** What somebody else does to the estate while a request is at work. */
export type Interference =
  /** Takes away what the request names. */
  | { readonly kind: 'remove' }
  /** Changes properties of what the request names. */
  | { readonly kind: 'edit'; readonly properties: Row }
  /** Writes what the request writes under another name: takes its priority, or gives its role. */
  | { readonly kind: 'twin'; readonly name: string }
  /** Any other write. */
  | {
      readonly kind: 'request';
      readonly method: 'PUT' | 'DELETE';
      readonly path: string;
      readonly properties?: Row;
    };

/** Somebody who interferes with requests to Resource Manager. */
export interface Adversary extends Trigger {
  /** Before the request is looked at, or once it has succeeded. */
  readonly moment: 'before' | 'after';
  /** Milliseconds after it has succeeded; absent: at once. */
  readonly afterMs?: number;
  readonly does: Interference;
}

/** What an adversary did. */
export interface Interfered {
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  /** Azure refuses adversaries too. */
  readonly status: number;
}

type Act = Pick<Interfered, 'method' | 'path'> & { readonly properties: Row | undefined };

/** Answers a call to Resource Manager, with whoever interferes; `note` hears what they did. */
export function createAdversaries(
  adversaries: readonly Adversary[],
  estate: Estate,
  schedule: Schedule,
  note: (interfered: Interfered) => void,
): (call: SignedCall) => Answer {
  const triggered = createTriggers(adversaries);

  function interfere(call: SignedCall, does: Interference): void {
    const act = actOf(call, does, estate);
    if (act === undefined) return;
    const { method, path, properties } = act;
    const { status } = armAnswer(callOf(call, method, path, properties), estate);
    note({ at: estate.now(), method, path, status });
  }

  return (call) => {
    const { path, method, caller } = call;
    const interfering = triggered({ path, method, caller: caller.objectId });
    for (const { moment, does } of interfering) if (moment === 'before') interfere(call, does);
    const answer = armAnswer(call, estate);
    if (answer.status >= 300) return answer;
    for (const { moment, afterMs = 0, does } of interfering) {
      if (moment !== 'after') continue;
      if (afterMs === 0) interfere(call, does);
      else {
        schedule.after(afterMs, () => {
          interfere(call, does);
        });
      }
    }
    return answer;
  };
}

/** The write that an interference is; undefined where there is nothing to write. */
function actOf(call: SignedCall, does: Interference, estate: Estate): Act | undefined {
  const { path } = call;
  switch (does.kind) {
    case 'remove':
      return { method: 'DELETE', path, properties: undefined };
    case 'request':
      return { method: does.method, path: does.path, properties: does.properties };
    case 'twin': {
      const beside = `${path.slice(0, path.lastIndexOf('/'))}/${does.name}`;
      const properties = writtenProperties(call.body);
      return properties === undefined ? undefined : { method: 'PUT', path: beside, properties };
    }
    case 'edit': {
      const { status, body } = armAnswer(callOf(call, 'GET', path, undefined), estate);
      if (status !== 200 || !isRow(body) || !isRow(body['properties'])) return undefined;
      const { provisioningState: _, ...properties } = body['properties'];
      return { method: 'PUT', path, properties: { ...properties, ...does.properties } };
    }
    default:
      return does satisfies never;
  }
}

function callOf(
  call: SignedCall,
  method: string,
  path: string,
  properties: Row | undefined,
): SignedCall {
  return {
    ...call,
    method,
    path,
    segments: path.split('/').filter(Boolean),
    query: new URLSearchParams({ 'api-version': '2024-05-01' }),
    headers: {},
    body: properties === undefined ? '' : JSON.stringify({ properties }),
    caller: estateRival,
    failsAs: undefined,
  };
}
