import type { ArmWrite } from './arm-write.ts';
import { type Plan, ourMark } from './plan.ts';
import { holdsAll } from './without-writes.ts';

/**
 * A change of a plan, and the request that takes it back.
 * @throws RangeError where the plan has no such change, or does not say how to undo it.
 */
export function undoOf(
  { id, changes, undo: all }: Plan,
  index: number,
): { readonly made: ArmWrite; readonly undo: ArmWrite } {
  const made = changes[index];
  const undo = all.find(({ url }) => url === made?.url);
  if (made === undefined || undo === undefined) {
    throw new RangeError(`plan ${id} does not say how to undo change ${index}`);
  }
  return { made, undo };
}

/**
 * Why what is there under the name of a change is left where the change is taken back; undefined where
 * it is ours and just as we wrote it. `found` are its properties.
 */
export function whyLeft(
  found: Readonly<Record<string, unknown>>,
  made: ArmWrite,
  undo: ArmWrite,
): string | undefined {
  if (!holdsAll(found, made)) return 'Somebody changed it since; it is no longer ours.';
  return undo.method === 'DELETE' && isOurs(found) && isOurs(made.body?.['properties'])
    ? undefined
    : 'It does not bear our mark; only what we made is taken away.';
}

/** Whether properties bear our mark: those that are there, and those of a journal that others may edit. */
function isOurs(properties: unknown): boolean {
  return (
    typeof properties === 'object' &&
    properties !== null &&
    'description' in properties &&
    String(properties.description).startsWith(ourMark)
  );
}
