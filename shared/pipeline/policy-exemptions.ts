import { managementGroupsAbove } from '../facts/management-groups.ts';
import { type PolicyExemption, readPolicyExemptions } from '../facts/policy-exemptions.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import { type ResourceId, resourceId, scopesOf, subscriptionIdOf } from '../model/resource-id.ts';
import { type NamedExemption, endingExemptions } from '../settings/ending-exemptions.ts';
import type { Exemption } from '../settings/resolve.ts';
import type { Settings } from '../settings/settings.ts';

/** Azure Policy exemptions that somebody mapped to checks. */
export interface ImportedExemptions {
  /** The one that covers a check on a cluster on the day `today` (`YYYY-MM-DD`, UTC): the first by id. */
  readonly exemptionFor: (
    checkId: string,
    clusterId: ResourceId,
    today: string,
  ) => Exemption | null;
  readonly named: readonly NamedExemption[];
  readonly warnings: readonly string[];
}

interface Imported {
  readonly exemption: PolicyExemption;
  readonly checks: ReadonlySet<string>;
}

const made = new WeakMap<InventorySnapshot, WeakMap<Settings, ImportedExemptions>>();

/** As `importExemptions`, made once for all shards of an audit: snapshots and settings do not change. */
export function importedExemptions(
  snapshot: InventorySnapshot,
  settings: Settings,
  checkIds: readonly string[],
): ImportedExemptions {
  const bySettings = made.get(snapshot) ?? new WeakMap<Settings, ImportedExemptions>();
  made.set(snapshot, bySettings);
  const before = bySettings.get(settings);
  if (before !== undefined) return before;
  const imported = importExemptions(snapshot, settings, checkIds);
  bySettings.set(settings, imported);
  return imported;
}

/** What there is to say of exemptions: which end soon, and which of Azure Policy are not used. */
export function exemptionWarnings(
  imported: ImportedExemptions,
  { exemptions }: Settings,
  today: string,
): readonly string[] {
  const own = exemptions.map(({ check, scope, expiresOn }, index) => ({
    name: `exemptions[${index}] (${check} on ${scope})`,
    expiresOn: expiresOn ?? null,
  }));
  return [...endingExemptions([...own, ...imported.named], today), ...imported.warnings];
}

/**
 * The exemptions of Azure Policy that exempt from checks: those whose metadata names them
 * (`portcullis.checks`), and those from a policy that the settings map (`policyExemptions`). The
 * others are counted: an exemption from some policy says nothing of a check nobody tied to it.
 */
function importExemptions(
  snapshot: InventorySnapshot,
  settings: Settings,
  checkIds: readonly string[],
): ImportedExemptions {
  const { usable, unusable } = readPolicyExemptions(snapshot);
  const mapped = new Map(
    Object.entries(settings.policyExemptions).map(([policy, ids]) => [keyOf(policy), ids]),
  );
  const known = new Set(checkIds);
  const warnings: string[] = [];
  const imported: Imported[] = [];
  for (const exemption of usable.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const wrong = exemption.checks.filter((id) => !known.has(id));
    if (wrong.length > 0) {
      warnings.push(
        `the policy exemption ${exemption.id} names ${wrong.join(', ')}, which is no check`,
      );
    }
    const checks = new Set([
      ...exemption.checks.filter((id) => known.has(id)),
      ...exemption.policies.flatMap((policy) => mapped.get(policy) ?? []),
    ]);
    if (checks.size > 0) imported.push({ exemption, checks });
  }
  const others = usable.length - imported.length + unusable;
  if (others > 0) {
    warnings.push(
      `${others} Azure Policy ${others === 1 ? 'exemption exempts' : 'exemptions exempt'} from no check: ${others === 1 ? 'it names' : 'they name'} none in metadata.portcullis.checks, policyExemptions maps no policy of ${others === 1 ? 'it' : 'them'}, or ${others === 1 ? 'it holds' : 'they hold'} for some resources only`,
    );
  }
  // They are looked up for every verdict.
  const byScope = Map.groupBy(imported, ({ exemption }) => exemption.scope);
  return {
    exemptionFor: (checkId, clusterId, today) => {
      if (imported.length === 0) return null;
      const [found] = scopesAround(clusterId, snapshot)
        .flatMap((scope) => byScope.get(scope) ?? [])
        .filter(
          ({ exemption, checks }) =>
            checks.has(checkId) && (exemption.expiresOn === null || today <= exemption.expiresOn),
        )
        .toSorted((a, b) => (a.exemption.id < b.exemption.id ? -1 : 1));
      if (found === undefined) return null;
      const { reason, approvedBy, ticket, expiresOn } = found.exemption;
      return { reason, approvedBy, ticket, expiresOn, source: 'policy' };
    },
    named: imported.map(({ exemption: { id, expiresOn } }) => ({
      name: `the policy exemption ${id}`,
      expiresOn,
    })),
    warnings,
  };
}

/** Ids compare as Azure compares them; reference ids are names. */
function keyOf(policy: string): string {
  return policy.startsWith('/') ? resourceId(policy) : policy.trim().toLowerCase();
}

/**
 * Where an exemption covers a cluster. A management group covers what lies below it; where nobody read
 * what that is, nothing is exempt.
 */
function scopesAround(cluster: ResourceId, snapshot: InventorySnapshot): readonly ResourceId[] {
  const above = managementGroupsAbove(snapshot, subscriptionIdOf(cluster) ?? '');
  return [...scopesOf(cluster), ...(above.known ? above.value : [])];
}
