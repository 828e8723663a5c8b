import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { nameOf } from '../model/resource-id.ts';
import { type Evidence, type Listing, type Missing, foundIn, listing } from '../model/verdict.ts';
import type { VirtualNetwork } from '../network/virtual-network.ts';
import { parsePrefix } from '../packets/address.ts';

/** Whether two prefixes have an address in common; text that is no prefix has none. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [parsePrefix(one), parsePrefix(other)];
  return a !== undefined && a.family === b?.family && a.from < b.to && b.from < a.to;
}

/** The virtual networks that the cluster's subnets are in, each once. */
export function networksOf({ subnets }: InferenceCluster): Listing<VirtualNetwork> {
  const found = new Map<string, VirtualNetwork>();
  const missing: Missing[] = subnets.known ? [] : [...subnets.missing];
  for (const { virtualNetwork } of foundIn(subnets)) {
    if (virtualNetwork.known) found.set(virtualNetwork.value.id, virtualNetwork.value);
    else missing.push(...virtualNetwork.missing);
  }
  return listing([...found.values()], missing);
}

/** The subnets of a network that a range overlaps, as evidence. */
export function overlappedSubnets(
  range: string,
  what: string,
  { id, subnets }: VirtualNetwork,
): readonly Evidence[] {
  return foundIn(subnets).flatMap(({ name, prefixes }) =>
    prefixes
      .filter((prefix) => overlap(range, prefix))
      .map((prefix) => ({
        at: id,
        says: `subnet ${name} (${prefix}) of virtual network ${nameOf(id)} overlaps ${what}`,
      })),
  );
}
