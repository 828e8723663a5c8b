import type { ResourceId } from '../model/resource-id.ts';
import { type Known, type Missing, known, unknown } from '../model/verdict.ts';
import type { AdminRule } from '../network/security-rule.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import { effectiveAdminRulesRow, networkOf } from './rows/effective-admin-rules.ts';

const rulesType = 'microsoft.network/effectivesecurityadminrules';

/** The effective security admin rules of a virtual network. */
export type AdminRulesOf = (network: ResourceId) => Known<readonly AdminRule[]>;

/**
 * Effective security admin rules by virtual network. A row that is not understood makes those of its
 * network unknown, or of every network where it does not say which one it belongs to: managers and
 * the networks they manage need not share a subscription. Rules of several managers are unknown,
 * for the manager of the higher scope comes first, whatever the priorities.
 * Source: learn.microsoft.com/azure/virtual-network-manager/concept-security-admins.
 */
export function readAdminRules(reader: RowReader): AdminRulesOf {
  const byNetwork = new Map<ResourceId, { rules: AdminRule[]; managers: Set<ResourceId> }>();
  const misread: { readonly id: ResourceId; readonly missing: readonly Missing[] }[] = [];
  for (const row of reader.snapshot.rowsOf(rulesType)) {
    const parsed = reader.read(effectiveAdminRulesRow, row);
    if (!parsed.known) {
      misread.push({ id: row.id, missing: parsed.missing });
      continue;
    }
    const { networkId, rules, managers } = parsed.value;
    const own = byNetwork.get(networkId) ?? { rules: [], managers: new Set() };
    own.rules.push(...rules);
    for (const manager of managers) own.managers.add(manager);
    byNetwork.set(networkId, own);
  }
  return (network) => {
    const missing = [
      ...missingOf(reader.snapshot.wasReadWithin(rulesType, network)),
      ...misread.filter(({ id }) => mayConcern(id, network)).flatMap((row) => row.missing),
    ];
    const { rules, managers } = byNetwork.get(network) ?? {
      rules: [],
      managers: new Set<ResourceId>(),
    };
    if (managers.size > 1) missing.push(orderOf(managers, network));
    return missing.length > 0 ? unknown(...missing) : known(rules);
  };
}

function mayConcern(row: ResourceId, network: ResourceId): boolean {
  const own = networkOf(row);
  return own === undefined || own === network;
}

function orderOf(managers: ReadonlySet<ResourceId>, network: ResourceId): Missing {
  return {
    what: 'the order of several network managers',
    scope: network,
    why: `its security admin rules come from ${[...managers].toSorted().join(' and ')}; the one of the higher scope comes first, and no row says which that is`,
  };
}
