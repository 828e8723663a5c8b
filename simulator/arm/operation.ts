import type { Answer } from '../http/wire.ts';

/** What a request to Resource Manager would do, and what its caller needs for it. */
export interface Operation {
  /** The action, as refusals write it; undefined where everyone may who is signed in. */
  readonly action: string | undefined;
  /** The scope at which the action is needed, as the caller wrote it. */
  readonly scope: string;
  /** Asked only if the caller may and what it lies in exists. */
  answer(): Answer;
}
