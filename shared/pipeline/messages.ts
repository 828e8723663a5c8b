import { z } from 'zod';
import { longestId, resourceId } from '../model/resource-id.ts';
import { shownJson } from '../model/shown-json.ts';

/** A message names what is to be done; whoever does it reads the rest anew. */
const id = z.string().startsWith('/').max(longestId).transform(resourceId);

export const shardMessage = z.object({ scanId: z.string().min(1), shard: z.int().min(1) });

export const checkMessage = z.union([
  z.object({ clusterId: id, request: z.string() }),
  z.object({ discover: id }),
]);

export const remediationMessage = z.union([
  z.object({ clusterId: id, checkIds: z.array(z.string().min(1)).min(1).max(100) }),
  z.object({ remediationId: z.string().min(1) }),
]);

export const alertMessageKey = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  subject: id,
  source: z.enum(['findings', 'conditions']),
});

/**
 * What a message of a queue says. @throws Error for one of another form: it can never be done, and
 * goes to the poison queue.
 */
export function messageIn<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(`the message is of no form that is known: ${shownJson(given)?.slice(0, 200)}`);
}
