import type { Json } from '../facts/rows/lenient.ts';
import type { ResourceId } from '../model/resource-id.ts';

/** One thing that somebody means to change in Azure. */
export interface ProposedChange {
  readonly id: ResourceId;
  /** Lower-cased, as the id spells it; undefined where it spells none. */
  readonly type: string | undefined;
  readonly outcome:
    /** It will be as this says in whole. */
    | { readonly kind: 'put'; readonly body: Json }
    /** Of what it is, these differences come to be; what neither names stays. */
    | {
        readonly kind: 'patch';
        readonly before: Json;
        readonly after: Json;
        readonly noEffect: readonly string[];
      }
    | { readonly kind: 'delete' }
    | { readonly kind: 'none' }
    /** Whoever proposed it could not tell. */
    | { readonly kind: 'untold'; readonly because: string }
    /** Nothing is said of it, whatever its type. */
    | { readonly kind: 'unjudged'; readonly because: string; readonly matters: boolean };
}
