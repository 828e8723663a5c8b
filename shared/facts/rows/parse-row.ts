import type { z } from 'zod';
import { type Known, known, unknown } from '../../model/verdict.ts';
import type { Row } from '../../ports.ts';

/**
 * The row as the schema reads it, or what kept us from it: the first fields that are not understood,
 * each with its value. Never throws.
 */
export function parseRow<T>(schema: z.ZodType<T>, row: Row): Known<T> {
  const parsed = schema.safeParse(row.body);
  if (parsed.success) return known(parsed.data);
  return unknown(
    ...parsed.error.issues.slice(0, 3).map((issue) => {
      const path = issue.path.map(String).join('.');
      const value = valueAt(row.body, issue.path);
      return {
        what: `${path === '' ? 'members' : path} of ${row.type}`,
        scope: row.id,
        gap: true as const,
        why:
          value === undefined
            ? `${path === '' ? 'the row' : path} ${issue.message}`
            : `${path === '' ? 'the row' : path} ${show(value)} ${issue.message}`,
      };
    }),
  );
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = path.length === 0 ? undefined : body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function show(value: unknown): string {
  const written = JSON.stringify(value) ?? '';
  return written.length > 80 ? `${written.slice(0, 77)}…` : written;
}
