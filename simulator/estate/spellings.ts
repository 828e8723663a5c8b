import type { EstateRow } from './network-rows.ts';
import type { Random } from './random.ts';

/** The row with its ids, references and type cased in one of the ways that Azure is known to. */
export function respellRow(row: EstateRow, random: Random, likelihood: number): EstateRow {
  const { type } = row;
  const lowered =
    typeof type === 'string' && random.chance(0.8) ? { type: type.toLowerCase() } : {};
  return { ...respellMembers(row, random, likelihood), ...lowered };
}

function respellMembers(row: object, random: Random, likelihood: number): EstateRow {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, respellValue(value, random, likelihood)]),
  );
}

function respellValue(value: unknown, random: Random, likelihood: number): unknown {
  if (typeof value === 'string') {
    return value.startsWith('/subscriptions/') && random.chance(likelihood)
      ? respellId(value, random)
      : value;
  }
  if (Array.isArray(value))
    return value.map((item: unknown) => respellValue(item, random, likelihood));
  if (typeof value === 'object' && value !== null) return respellMembers(value, random, likelihood);
  return value;
}

/** The same id to Azure, which compares without regard to case. */
export function respellId(id: string, random: Random): string {
  return random.pick([
    id.replace('/resourceGroups/', '/resourcegroups/'),
    id.toLowerCase(),
    id.replace('/Microsoft.', '/microsoft.'),
    id.replace('/resourcegroups/', '/RESOURCEGROUPS/'),
  ]);
}
