import { type ResourceId, resourceId } from '../model/resource-id.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import { dayBefore } from '../settings/calendar-days.ts';
import { rowReader } from './row-reader.ts';
import { policyExemptionRow } from './rows/policy-exemption.ts';

const exemptionsType = 'microsoft.authorization/policyexemptions';

/** An exemption from an Azure Policy, as far as it may exempt from a check of ours. */
export interface PolicyExemption {
  readonly id: ResourceId;
  /** Where it holds: a management group, a subscription, a resource group or a resource. */
  readonly scope: ResourceId;
  readonly reason: string;
  readonly approvedBy: string | null;
  readonly ticket: string | null;
  /** The last day on which it holds, `YYYY-MM-DD` in UTC; null: for good. */
  readonly expiresOn: string | null;
  /** Ids of checks that its metadata names (`portcullis.checks`), as written. */
  readonly checks: readonly string[];
  /** What it exempts from, lower-cased: the assignment, its definition, definitions of an initiative. */
  readonly policies: readonly string[];
}

export interface PolicyExemptions {
  readonly usable: readonly PolicyExemption[];
  /** Rows that exempt from nothing here, whatever maps them: not understood, or for some resources only. */
  readonly unusable: number;
}

/**
 * The exemptions from Azure Policy in the inventory. One with resource selectors holds for some of the
 * resources in its scope only, and is not used; nor is one whose end is not understood.
 * Source: learn.microsoft.com/azure/governance/policy/concepts/exemption-structure
 */
export function readPolicyExemptions(snapshot: InventorySnapshot): PolicyExemptions {
  const { found, missing } = rowReader(snapshot).all(policyExemptionRow, exemptionsType);
  const usable = found.flatMap(({ row: { id }, value: { name, properties } }) => {
    const expiresOn = lastDay(properties.expiresOn);
    if (properties.resourceSelectors.length > 0 || expiresOn === undefined) return [];
    const { displayName, description, exemptionCategory, approvedBy, ticket, checks } = properties;
    const words = [displayName ?? name, description].filter((one) => one !== undefined);
    return [
      {
        id,
        scope: scopeOf(id),
        reason: words.length === 0 ? (exemptionCategory ?? 'no reason is given') : words.join(': '),
        approvedBy: approvedBy ?? null,
        ticket: ticket ?? null,
        expiresOn,
        checks,
        policies: [
          properties.policyAssignmentId,
          properties.policyDefinitionId,
          ...properties.policyDefinitionReferenceIds.map((one) => one.toLowerCase()),
        ].filter((one) => one !== undefined),
      },
    ];
  });
  return { usable, unusable: found.length - usable.length + missing.length };
}

/** An exemption ends at an instant: the day of a midnight is not part of it. */
function lastDay(expiresOn: string | undefined): string | null | undefined {
  if (expiresOn === undefined) return null;
  const read = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?:Z|\+00:00)?)?$/i.exec(
    expiresOn.trim(),
  );
  const [, date, time] = read ?? [];
  if (date === undefined) return undefined;
  return time === undefined || /^[0:.]*$/.test(time) ? dayBefore(date) : date;
}

function scopeOf(id: ResourceId): ResourceId {
  const end = id.lastIndexOf('/providers/microsoft.authorization/policyexemptions/');
  return end <= 0 ? resourceId('/') : resourceId(id.slice(0, end));
}
