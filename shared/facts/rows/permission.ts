import * as lenient from './lenient.ts';

const written = lenient.members({
  // Azure writes the list even where it is empty: a block without one is written in some other way.
  actions: lenient.presentTexts,
  notActions: lenient.texts,
  condition: lenient.text,
});

/** A block of a role definition or deny assignment; data actions are of no interest here. */
export const permission = written.transform(({ actions, notActions, condition }) => ({
  actions,
  notActions,
  ...(condition === undefined ? {} : { condition }),
}));
