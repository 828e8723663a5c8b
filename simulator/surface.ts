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
}

/** A call by somebody who is known. */
export interface SignedCall extends Call {
  readonly caller: Caller;
}
