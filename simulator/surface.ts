import type { LongOperations } from './arm/long-operations.ts';
import type { EventGrid } from './event-grid/event-grid.ts';
import type { Call } from './http/wire.ts';
import type { Caller } from './identity/callers.ts';
import type { Access } from './permissions/access.ts';
import type { Tenant } from './tenant/tenant.ts';

/** What every surface of the simulator answers from. */
export interface Estate {
  readonly tenant: Tenant;
  readonly access: Access;
  readonly tenantId: string;
  /** How many items a page of a list holds. */
  readonly pageSize: number;
  readonly now: () => Date;
  /** How far Resource Graph lies behind, in milliseconds. */
  readonly indexLagMs: () => number;
  readonly eventGrid: EventGrid;
  /** Writes that take time. */
  readonly operations: LongOperations;
  /** Principals, by object id in small letters, whom the directory does not know yet or any more. */
  readonly directory: Readonly<Record<string, 'absent' | 'replicating'>>;
}

/** A call by somebody who is known. */
export interface SignedCall extends Call {
  readonly caller: Caller;
  /** The code of the error that the operation of a write ends with, where somebody wants it to fail. */
  readonly failsAs: string | undefined;
}
