import { managementGroupsAbove } from '../facts/management-groups.ts';
import { type PolicyExemption, readPolicyExemptions } from '../facts/policy-exemptions.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import { type ResourceId, isWithin, resourceId, subscriptionIdOf } from '../model/resource-id.ts';
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
  return {
    exemptionFor: (checkId, clusterId, today) => {
      const found = imported.find(
        ({ exemption, checks }) =>
          checks.has(checkId) &&
          (exemption.expiresOn === null || today <= exemption.expiresOn) &&
          covers(exemption.scope, clusterId, snapshot),
      );
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

/** A management group covers what lies below it; where nobody read what that is, nothing is exempt. */
function covers(scope: ResourceId, cluster: ResourceId, snapshot: InventorySnapshot): boolean {
  if (isWithin(cluster, scope)) return true;
  if (!scope.startsWith('/providers/microsoft.management/')) return false;
  const above = managementGroupsAbove(snapshot, subscriptionIdOf(cluster) ?? '');
  return above.known && above.value.includes(scope);
}
