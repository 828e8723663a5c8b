import type { Answer } from '../http/wire.ts';
import type { Attributes } from '../permissions/conditions.ts';

/** What a request to Resource Manager would do, and what its caller needs for it. */
export interface Operation {
  /** The action, as refusals write it. */
  readonly action: string;
  /**
   * `anything` where holding anything at the scope or below is enough, `nothing` where being signed
   * in is; absent: the action at the scope.
   */
  readonly needs?: 'anything' | 'nothing';
  /** The scope at which the action is needed, as the caller wrote it. */
  readonly scope: string;
  /** What conditions of role assignments ask about; absent: no condition bears on it. */
  readonly attributes?: Attributes;
  /** Asked only if the caller may and what it lies in exists. */
  answer(): Answer;
}
