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
}

/** A call by somebody who is known. */
export interface SignedCall extends Call {
  readonly caller: Caller;
}
