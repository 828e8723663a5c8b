import type { ResourceType } from '../../inventory/resource-types.ts';
import type { ResourceId } from '../../model/resource-id.ts';
import type { Json } from './azure-clients.ts';
import { AzureError } from './azure-error.ts';
import { concurrently } from './concurrently.ts';
import type { Reading } from './reading.ts';

/** Lists read at once; Resource Manager refills 25 reads a second. */
const atOnce = 8;

/** A list of Resource Manager under each of these parents. */
export interface ListOfEach {
  readonly type: ResourceType;
  readonly parents: readonly ResourceId[];
  readonly pathOf: (parent: ResourceId) => string;
  readonly apiVersion: string;
  /** What is hidden where the list of a parent cannot be read, in words. */
  readonly what: (parent: ResourceId) => string;
  /** Set where a parent that Azure does not find has nothing under it; else that is a gap. */
  readonly mayBeAbsent?: true;
}

/** Takes what lies under each parent, for types that Resource Graph does not hold. */
export async function listEach(
  reading: Reading,
  { type, parents, pathOf, apiVersion, what, mayBeAbsent }: ListOfEach,
): Promise<void> {
  if (!reading.wants(type)) return;
  const bodies = concurrently(parents, atOnce, async (parent): Promise<readonly Json[]> => {
    const found: Json[] = [];
    await reading.attempt(async () => {
      try {
        for await (const one of reading.clients.listArm(pathOf(parent), apiVersion)) {
          found.push(one);
        }
      } catch (error) {
        const isAbsent = error instanceof AzureError && error.code === 'notFound';
        if (mayBeAbsent !== true || !isAbsent) throw error;
      }
    }, [{ type, scope: parent, what: what(parent) }]);
    return found;
  });
  for await (const body of bodies) reading.take(body, type);
}
