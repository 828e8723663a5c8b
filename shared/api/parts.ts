import { z } from 'zod';
import { type Severity, severities, verdictKinds } from '../model/verdict.ts';
import type { Frozen } from '../settings/frozen.ts';

const names = new Map<z.core.$ZodType, string>();

/** Schemas that have a name in the document of the API, with that name. */
export const namedSchemas: ReadonlyMap<z.core.$ZodType, string> = names;

/** Gives a schema a name in the document of the API; returns it. */
export function called<T extends z.ZodType>(name: string, schema: T): T {
  names.set(schema, name);
  return schema;
}

export const instant = z.iso.datetime().describe('A moment in UTC, ISO 8601.');
export const count = z.int().min(0);
export const resource = z.string().describe('A resource id, lower-cased.');
export const key = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits')
  .describe('The first 32 hexadecimal digits of SHA-256 over the lower-cased id of the cluster.');
export const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits')
  .describe('Names a finding: the same for every scan.');
export const severity = called('Severity', z.enum(severities));
export const verdictKind = called('VerdictKind', z.enum(verdictKinds));

const each = (of: z.ZodInt): Record<Severity, z.ZodInt> => ({
  critical: of,
  high: of,
  medium: of,
  low: of,
  info: of,
});
export const bySeverity = called('CountBySeverity', z.object(each(count)));

/** What every answer but 200 and 304 says. */
export const problem = called(
  'Problem',
  z.object({
    error: z.string().describe('What is wrong, in a sentence.'),
    next: z.string().optional().describe('What to do about it.'),
    paths: z.array(z.string()).optional().describe('What there is, where there is no such thing.'),
  }),
);
export type Problem = Frozen<z.output<typeof problem>>;

export const next = z
  .string()
  .nullable()
  .describe('Where the rest of the list begins; null at the end. Opaque.');
export const total = count.describe('How many fit the filters, on all pages together.');

/** The most that a page holds. */
const longestPage = 1000;

/** Parameters of every list. */
export const paging = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(longestPage)
    .default(100)
    .describe('How many at most are on the page.'),
  next: z.string().min(1).max(2000).optional().describe('`next` of the page before.'),
};

/** A parameter of search. */
export const search = z
  .string()
  .max(200)
  .optional()
  .describe('Words that must all occur, in any casing.');

/** The order of a list: a field, or a field behind a hyphen for the reverse. */
export function sorting<const Field extends string>(
  fields: readonly Field[],
  fallback: Field | `-${Field}`,
) {
  const reversed = fields.map((field): `-${Field}` => `-${field}`);
  return z
    .enum([...fields, ...reversed])
    .default(fallback as never)
    .describe('The field to sort by; with a hyphen before it, the other way round.');
}
