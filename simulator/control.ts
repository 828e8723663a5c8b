import type { Adversary, Interfered } from './adversaries.ts';
import type { Fault } from './http/faults.ts';
import { type Answer, type Call, failure, ok } from './http/wire.ts';
import { type Caller, estateOperator } from './identity/callers.ts';

/** A request that reached the simulator. */
export interface SimulatedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  /** What it was answered with; undefined where a fault left it without an answer. */
  readonly status: number | undefined;
  /** The object id of the caller, where the token said one. */
  readonly caller: string | undefined;
  readonly at: Date;
}

/** What goes wrong from now on; what went wrong before does no longer. */
export interface Trouble {
  readonly faults?: readonly Fault[];
  readonly adversaries?: readonly Adversary[];
  /** How far Resource Graph lies behind meanwhile, in milliseconds; absent: as the simulator was started. */
  readonly indexLagMs?: number;
}

/** What tests ask of the simulator beside Azure. */
export interface Control {
  trouble(trouble: Trouble): void;
  readonly interfered: readonly Interfered[];
  writes(): readonly SimulatedRequest[];
  snapshot(): string;
}

/**
 * The same as over the wire, for whoever runs the simulator in a process of its own: PUT
 * `/simulator/trouble`, GET `/simulator/writes`, `/simulator/interfered` and `/simulator/snapshot`, by
 * the operator. Undefined where the call is for Azure.
 */
export function controlAnswer(
  { method, segments: [first, name], body }: Call,
  caller: Caller | undefined,
  control: Control,
): Answer | undefined {
  if (first !== 'simulator') return undefined;
  if (caller?.objectId !== estateOperator.objectId) {
    return failure(403, 'NotTheOperator', 'Only the operator of the simulator may ask this.');
  }
  const asked = `${method} ${name ?? ''}`;
  if (asked === 'GET writes') return ok(control.writes());
  if (asked === 'GET interfered') return ok(control.interfered);
  if (asked === 'GET snapshot') return ok(control.snapshot());
  if (asked !== 'PUT trouble') return failure(404, 'NotFound', `There is no ${asked} here.`);
  control.trouble(JSON.parse(body));
  return ok('');
}

/** Whether a request asks for a change: some that only read are sent as POST. */
export function isWrite({ method, path }: Pick<SimulatedRequest, 'method' | 'path'>): boolean {
  if (['PUT', 'PATCH', 'DELETE'].includes(method)) return !path.startsWith('/simulator/');
  const reads = /\/(token|resources|listNetworkManagerEffectiveSecurityAdminRules)$/i;
  return method === 'POST' && !reads.test(path);
}
