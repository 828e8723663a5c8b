import { type Json, isObject } from '../facts/rows/lenient.ts';
import { type OwnershipFacts, readOwnership } from '../facts/ownership-facts.ts';
import type { Reading } from '../inventory/coverage.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import { typeInId } from '../inventory/row-type.ts';
import { type ResourceId, nameOf } from '../model/resource-id.ts';
import { type JournalRow, progressOf, toTakeBack } from '../remediation/journal.ts';
import type { ArmWrite } from '../remediation/arm-write.ts';
import { type Bar, whyKept } from '../remediation/ownership.ts';
import type { GrantedRole, Plan } from '../remediation/plan.ts';
import { undoOf, whyLeft } from '../remediation/why-left.ts';
import { idIn, targetOf } from '../remediation/without-writes.ts';
import type { ForeseenRemoval, ForeseenRollback } from '../reports/rollback-effects.ts';
import type { AuditPlan } from './audit.ts';
import { bodyAt, holderOf, removalsOf } from './proposed-changes.ts';
import { whatIf } from './what-if.ts';

/**
 * What taking back the remediation that these rows tell of would do, on what was read: what goes, what
 * is left because somebody changed or locked it, and what comes of that. It judges by the very code that
 * takes back (`whyLeft`), that plans (what is locked) and that judges other people's changes (`whatIf`).
 * The snapshot has to hold `ownershipTypes`, and to know that it was asked for them: else nothing is
 * said to be removed.
 * @throws RangeError as `progressOf`, and UsageError as `whatIf`.
 */
export function foreseeRollback(
  audit: AuditPlan,
  rows: readonly JournalRow[],
  reading: Reading,
): ForeseenRollback {
  const { plan } = progressOf(rows);
  const ownership = readOwnership(audit.snapshot);
  const removals = toTakeBack(rows).map((index) =>
    removalIn(audit.snapshot, ownership, plan, index),
  );
  // What is there and may be kept may go as well: what would come of that is told.
  const going = removals.flatMap(({ id, outcome }) =>
    outcome === 'left' || propertiesAt(audit.snapshot, id) === undefined ? [] : [id],
  );
  return { removals, found: whatIf(audit, removalsOf(going), reading) };
}

function removalIn(
  snapshot: InventorySnapshot,
  ownership: (id: ResourceId) => OwnershipFacts,
  plan: Plan,
  index: number,
): ForeseenRemoval {
  const { made, undo } = undoOf(plan, index);
  const id = idIn(made);
  const found = propertiesAt(snapshot, id);
  const removal = { id, method: undo.method, url: undo.url, role: roleIn(plan, made) };
  if (found === undefined) return { ...removal, outcome: 'unknown', because: notSeen };
  const because = whyLeft(found, made, undo);
  if (because !== undefined) return { ...removal, outcome: 'left', because };
  const kept = whyKept(ownership(id)) ?? unsearched(snapshot, targetOf(made));
  return { ...removal, ...(kept ?? { outcome: 'removed', because: null }) };
}

const networkTypes = [
  'microsoft.network/networksecuritygroups',
  'microsoft.network/virtualnetworks',
] as const;

/** Locks and stacks are looked for where networks are: where none was read, that none was found proves nothing. */
function unsearched(snapshot: InventorySnapshot, target: ResourceId): Bar | undefined {
  if (networkTypes.some((type) => snapshot.rowsWithin(type, target).length > 0)) return undefined;
  const because = `No network at ${nameOf(target)} was read, so that its locks were not looked for.`;
  return { outcome: 'unknown', because };
}

/** The role that a change gave somebody; null for a rule. */
function roleIn({ diff }: Plan, made: ArmWrite): GrantedRole | null {
  const properties = made.body?.['properties'];
  const principal = isObject(properties) ? String(properties['principalId']).toLowerCase() : '';
  const scope = targetOf(made);
  const given = diff.newlyGranted.find(
    (one) => one.scope === scope && one.principalId.toLowerCase() === principal,
  );
  return given ?? null;
}

// An index lags, and a part may be unread: that it is gone would be a guess.
const notSeen =
  'It is not among what was read: somebody has removed it, or Azure does not show it yet.';

/** The properties of what is at an id; undefined where it is not among what was read. */
function propertiesAt(snapshot: InventorySnapshot, id: ResourceId): Json | undefined {
  const place = { id, type: typeInId(id) };
  const properties = bodyAt(snapshot.get(holderOf(place) ?? id)?.body, place)?.['properties'];
  return isObject(properties) ? properties : undefined;
}
