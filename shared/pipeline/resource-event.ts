import { z } from 'zod';
import type { Change } from '../model/finding.ts';
import { longestId, resourceId } from '../model/resource-id.ts';

const objectIdClaim = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

/** Kept beside findings, so of a length that real ones never reach. */
const word = z.string().min(1).max(512).optional().catch(undefined);

/**
 * Real events leave any of these out, or send `evidence` as an empty list. What cannot be read of
 * them is left out: a change that went unseen would be worse.
 */
const data = z
  .object({
    resourceUri: z.string().optional().catch(undefined),
    operationName: word,
    correlationId: word,
    authorization: z
      .object({
        action: word,
        evidence: z.object({ principalId: word }).optional().catch(undefined),
      })
      .optional()
      .catch(undefined),
    claims: z
      .object({ [objectIdClaim]: word, oid: word, appid: word })
      .optional()
      .catch(undefined),
  })
  .catch({});
const time = z.string().catch('');

/**
 * An event of a subscription's system topic, in Event Grid's schema or as a CloudEvent. Source:
 * https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions
 */
const event = z.union([
  z.object({ eventType: z.string(), eventTime: time, subject: z.string(), data }),
  z
    .object({ type: z.string(), time, subject: z.string(), data })
    .transform(({ type, time: eventTime, ...rest }) => ({ eventType: type, eventTime, ...rest })),
]);

const told = /^Microsoft\.Resources\.Resource(Write|Delete|Action)Success$/i;

/** The change that an event tells of; undefined for an event of something else, or of no success. */
export function changeIn(given: unknown, now: Date): Change | undefined {
  const parsed = event.safeParse(given);
  if (!parsed.success || !told.test(parsed.data.eventType)) return undefined;
  const { subject, eventTime, data: about } = parsed.data;
  const id = about.resourceUri ?? subject;
  if (!/^\/subscriptions\//i.test(id) || id.length > longestId) return undefined;
  const actor =
    about.authorization?.evidence?.principalId ??
    about.claims?.[objectIdClaim] ??
    about.claims?.oid ??
    about.claims?.appid;
  const at = new Date(Number.isNaN(Date.parse(eventTime)) ? now : eventTime).toISOString();
  return {
    resourceId: resourceId(id),
    operation: about.operationName ?? about.authorization?.action ?? 'write',
    at,
    ...(actor === undefined ? {} : { actor: actor.toLowerCase() }),
    ...(about.correlationId === undefined ? {} : { correlationId: about.correlationId }),
  };
}
