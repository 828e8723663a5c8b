import { watchedEvents } from '../shared/pipeline/watched-operations.ts';

/** What infra/*.bicep loads of the code, by path. */
export function deploymentFiles(): ReadonlyMap<string, string> {
  return new Map([['infra/event-filter.json', `${JSON.stringify(watchedEvents, null, 2)}\n`]]);
}
