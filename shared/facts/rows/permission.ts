import * as lenient from './lenient.ts';

/** A block of a role definition or deny assignment; data actions are of no interest here. */
export const permission = lenient.members({ actions: lenient.texts, notActions: lenient.texts });
