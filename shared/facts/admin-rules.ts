import { type ResourceId, subscriptionIdOf } from '../model/resource-id.ts';
import { type Known, type Missing, known, unknown } from '../model/verdict.ts';
import type { AdminRule } from '../network/security-rule.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import { effectiveAdminRulesRow, networkOf } from './rows/effective-admin-rules.ts';

const rulesType = 'microsoft.network/effectivesecurityadminrules';

/** The effective security admin rules of a virtual network. */
export type AdminRulesOf = (network: ResourceId) => Known<readonly AdminRule[]>;

/**
 * Effective security admin rules by virtual network. A row that is not understood makes those of its
 * network unknown, or of its whole subscription where it does not say which network it belongs to.
 */
export function readAdminRules(reader: RowReader): AdminRulesOf {
  const byNetwork = new Map<ResourceId, AdminRule[]>();
  const misread: { readonly id: ResourceId; readonly missing: readonly Missing[] }[] = [];
  for (const row of reader.snapshot.rowsOf(rulesType)) {
    const parsed = reader.read(effectiveAdminRulesRow, row);
    if (!parsed.known) {
      misread.push({ id: row.id, missing: parsed.missing });
      continue;
    }
    const { networkId, rules } = parsed.value;
    byNetwork.set(networkId, [...(byNetwork.get(networkId) ?? []), ...rules]);
  }
  return (network) => {
    const missing = [
      ...missingOf(reader.snapshot.wasReadWithin(rulesType, network)),
      ...misread.filter(({ id }) => mayConcern(id, network)).flatMap((row) => row.missing),
    ];
    return missing.length > 0 ? unknown(...missing) : known(byNetwork.get(network) ?? []);
  };
}

function mayConcern(row: ResourceId, network: ResourceId): boolean {
  const own = networkOf(row);
  if (own !== undefined) return own === network;
  const subscription = subscriptionIdOf(row);
  return subscription === undefined || subscription === subscriptionIdOf(network);
}
