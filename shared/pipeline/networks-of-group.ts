import { z } from 'zod';
import { subnetsNamedIn } from '../facts/references.ts';
import { type ResourceId, parentOf, resourceId } from '../model/resource-id.ts';
import type { TenantReader } from '../ports.ts';

const onInterfaces = z.object({
  properties: z.object({ networkInterfaces: z.array(z.object({ id: z.string() })) }),
});

/**
 * The virtual networks that a network security group is in, by the subnets and the network interfaces
 * that it says it is on; none for what is no such group, or is not there. Sorted.
 * @throws Error where Azure does not answer.
 */
export async function networksOfGroup(
  tenant: Pick<TenantReader, 'readResource'>,
  id: ResourceId,
): Promise<readonly ResourceId[]> {
  if (!id.includes('/providers/microsoft.network/networksecuritygroups/')) return [];
  const group = await tenant.readResource(id);
  if (group === undefined) return [];
  const named = onInterfaces.safeParse(group.body).data?.properties.networkInterfaces ?? [];
  // The interfaces of a scale set are read with it, all in one.
  const holders = new Set(
    named.map((one) => resourceId(one.id.replace(/\/virtualmachines\/.*$/i, ''))),
  );
  const rows = await Promise.all([...holders].map((one) => tenant.readResource(one)));
  const subnets = [group, ...rows].flatMap((row) =>
    row === undefined ? [] : [...subnetsNamedIn(row)],
  );
  return [...new Set(subnets.map(parentOf))].toSorted();
}
