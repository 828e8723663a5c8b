import * as lenient from './lenient.ts';

const written = lenient.members({
  actions: lenient.texts,
  notActions: lenient.texts,
  condition: lenient.text,
});

/** A block of a role definition or deny assignment; data actions are of no interest here. */
export const permission = written.transform(({ actions, notActions, condition }) => ({
  actions,
  notActions,
  ...(condition === undefined ? {} : { condition }),
}));
