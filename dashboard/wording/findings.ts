import type { Change, Finding } from '../api/api-types.ts';
import { distance, momentText } from './moments.ts';
import { scopeText } from './resource-ids.ts';

/** `Since 3 days (26 Nov 2026, 06:59 UTC), came back 2 times`. */
export function sinceText(
  { since, reopened, state }: Pick<Finding, 'since' | 'reopened' | 'state'>,
  now: number,
): string {
  const began = state === 'open' ? 'Began' : 'Resolved';
  const again =
    reopened === 0 ? '' : `, came back ${reopened === 1 ? 'once' : `${reopened} times`}`;
  return `${began} ${distance(Date.parse(since), now)} (${momentText(since)})${again}`;
}

/** `After a change by anna@contoso.com: securityRules/write on network security group nsg-a`. */
export function causeText({ actor, operation, resourceId, at }: Change): string {
  const who = actor === undefined ? '' : ` by ${actor}`;
  const what = operation.split('/').slice(-2).join('/');
  return `After a change${who}, ${momentText(at)}: ${what} on ${scopeText(resourceId)}`;
}
