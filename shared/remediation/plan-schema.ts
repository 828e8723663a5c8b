import { z } from 'zod';
import { resourceId } from '../model/resource-id.ts';
import type { JournalRow } from './journal.ts';
import type { Plan } from './plan.ts';

const id = z.string().startsWith('/', 'must be a resource id').transform(resourceId);
const moment = z.iso.datetime('must be a moment in UTC, such as 2026-11-26T03:00:00.000Z');
const texts = z.array(z.string());

/** Members of Azure's; what is hashed is walked, so a depth that Azure never has is refused first. */
const members = z
  .record(z.string(), z.unknown())
  .refine((value) => isShallow(value, 32), 'must not be nested more than 32 times');

const write = z.strictObject({
  method: z.enum(['PUT', 'DELETE']),
  url: z.string().startsWith('/', 'must be a path and query, without a host'),
  body: members.optional(),
  ifMatch: z.string().nullable(),
});

const box = z.strictObject({
  protocols: texts,
  sources: texts,
  sourcePorts: texts,
  destinations: texts,
  destinationPorts: texts,
});

export const snippetsSchema = z.strictObject({
  az: z.string(),
  bicep: z.string(),
  terraform: z.string(),
});

/** A plan in a file; what else it holds is not ours, and refused. */
export const planSchema: z.ZodType<Plan> = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits'),
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  expiresAt: moment,
  checkId: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be the id of a check'),
  clusterId: id,
  fingerprint: z.string().regex(/^[0-9a-f]+$/, 'must be hexadecimal digits'),
  kind: z.enum(['securityRules', 'roleAssignments']),
  approval: z.boolean(),
  summary: z.string(),
  basis: z.array(z.strictObject({ id, digest: z.string() })),
  changes: z.array(write).min(1),
  diff: z.strictObject({
    newlyAllowed: z.array(box),
    newlyDenied: z.array(box),
    newlyGranted: z.array(z.strictObject({ principalId: z.string(), role: z.string(), scope: id })),
  }),
  permissions: texts,
  places: z.array(
    z.strictObject({
      groupId: id,
      direction: z.enum(['Inbound', 'Outbound']),
      priority: z.int(),
    }),
  ),
  undo: z.array(write),
  snippets: snippetsSchema,
  proof: z.strictObject({
    checkPasses: z.boolean(),
    withinRequest: z.boolean(),
    nothingDenied: z.boolean(),
    othersKept: z.boolean(),
  }),
  // By type, what may be absent may also be undefined; in JSON nothing is.
}) as unknown as z.ZodType<Plan>;

/** What `portcullis plan --format json` prints. */
export const planFileSchema = z.object({ plans: z.array(planSchema) });

const because = z.string();
const index = z.int().min(0);
const by = z.string();
const at = z.string();
const before = z.object({
  images: z.array(members),
  passing: z.record(z.string(), texts),
});
const outcomes = [
  'done',
  'rolledBack',
  'partlyRolledBack',
  'refused',
  'void',
  'rejected',
  'expired',
] as const;

/** A row of a journal in a file. */
export const journalRowSchema = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('requested'),
    plan: planSchema,
    by,
    held: z.boolean().optional(),
    at,
  }),
  z.object({ step: z.literal('approved'), by, hash: z.string(), at }),
  z.object({ step: z.literal('rejected'), by, because, at }),
  z.object({ step: z.literal('expired'), at }),
  z.object({ step: z.literal('waiting'), until: z.string(), because, at }),
  z.object({ step: z.literal('refused'), because, at }),
  z.object({ step: z.literal('void'), because, at }),
  z.object({ step: z.literal('confirmed'), before, at }),
  z.object({ step: z.literal('writing'), index, at }),
  z.object({ step: z.literal('written'), index, made: z.boolean(), at }),
  z.object({ step: z.literal('failed'), because, at }),
  z.object({ step: z.literal('verified'), at }),
  z.object({ step: z.literal('removing'), index, at }),
  z.object({ step: z.literal('removed'), index, at }),
  z.object({ step: z.literal('left'), index, because, at }),
  z.object({ step: z.literal('rollbackAsked'), by, because, at }),
  z.object({ step: z.literal('ended'), outcome: z.enum(outcomes), at }),
  // As above.
]) as unknown as z.ZodType<JournalRow>;

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1));
}
