import { type Tenant, isRow } from './tenant.ts';

/** Members that say when something was written, not what it is. */
const passing = new Set(['etag']);

/**
 * Everything that there is, as text: two estates are the same exactly if their texts are. ETags are
 * left out, because a change that was taken back leaves another one.
 */
export function snapshotOf({ resources }: Tenant): string {
  const rows = resources.map(({ key, row }) => `${key} ${JSON.stringify(canonical(row))}`);
  return rows.toSorted().join('\n');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isRow(value)) return value;
  const members = Object.entries(value)
    .filter(([name]) => !passing.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, canonical(member)]));
}
