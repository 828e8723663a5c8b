import { z } from 'zod';
import type { Change } from '../model/finding.ts';
import { resourceId } from '../model/resource-id.ts';

const objectIdClaim = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

/** Real events leave any of these out, or send `evidence` as an empty list. */
const data = z.object({
  resourceUri: z.string().optional(),
  operationName: z.string().optional(),
  correlationId: z.string().optional(),
  authorization: z
    .object({
      action: z.string().optional(),
      evidence: z.object({ principalId: z.string().optional() }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  claims: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/**
 * An event of a subscription's system topic, in Event Grid's schema or as a CloudEvent. Source:
 * https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions
 */
const event = z.union([
  z.object({ eventType: z.string(), eventTime: z.string(), subject: z.string(), data }),
  z
    .object({ type: z.string(), time: z.string().optional(), subject: z.string(), data })
    .transform(({ type, time = '', ...rest }) => ({ eventType: type, eventTime: time, ...rest })),
]);

const told = /^Microsoft\.Resources\.Resource(Write|Delete|Action)Success$/i;

/** The change that an event tells of; undefined for an event of something else, or of no success. */
export function changeIn(given: unknown, now: Date): Change | undefined {
  const parsed = event.safeParse(given);
  if (!parsed.success || !told.test(parsed.data.eventType)) return undefined;
  const { subject, eventTime, data: about } = parsed.data;
  const id = about.resourceUri ?? subject;
  if (!/^\/subscriptions\//i.test(id)) return undefined;
  const actor =
    about.authorization?.evidence?.principalId ??
    textOf(about.claims?.[objectIdClaim]) ??
    textOf(about.claims?.['oid']) ??
    textOf(about.claims?.['appid']);
  const at = new Date(Number.isNaN(Date.parse(eventTime)) ? now : eventTime).toISOString();
  return {
    resourceId: resourceId(id),
    operation: about.operationName ?? about.authorization?.action ?? 'write',
    at,
    ...(actor === undefined ? {} : { actor: actor.toLowerCase() }),
    ...(about.correlationId === undefined ? {} : { correlationId: about.correlationId }),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
