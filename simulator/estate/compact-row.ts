import type { EstateRow } from './network-rows.ts';

const unused = new Set([
  'actionsRequired',
  'createdBy',
  'createdOn',
  'disableOutboundSnat',
  'enableDdosProtection',
  'enableTcpReset',
  'etag',
  'friendlyName',
  'hbiWorkspace',
  'idleTimeoutInMinutes',
  'loadDistribution',
  'peeringSyncLevel',
  'privateLinkServiceNetworkPolicies',
  'remoteVirtualNetworkAddressSpace',
  'resourceGroup',
  'resourceGuid',
  'serviceTagChangeNumber',
  'subscriptionId',
  'updatedOn',
]);

/** The row without the members that Resource Manager leaves out as well, or that say nothing. */
export function compactRow(row: EstateRow): EstateRow {
  const { properties, ...rest } = row;
  const outer = withoutUnused(rest, false);
  if (typeof properties !== 'object' || properties === null) return outer;
  return { ...outer, properties: withoutUnused(properties, false) };
}

function withoutUnused(members: object, nested: boolean): EstateRow {
  const kept = Object.entries(members).filter(
    ([key, value]) =>
      !unused.has(key) &&
      !(nested && (key === 'provisioningState' || isBackReference(key, value))) &&
      !(
        Array.isArray(value) &&
        value.length === 0 &&
        /(Prefixes|Ranges|delegations|serviceEndpoints|Connections|ipRules|networkInterfaces)$/.test(
          key,
        )
      ),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, compacted(value)]));
}

function compacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compacted);
  if (typeof value === 'object' && value !== null) return withoutUnused(value, true);
  return value;
}

/** A frontend's or pool's list of the rules that already name it. */
function isBackReference(key: string, value: unknown): boolean {
  return (
    key === 'loadBalancingRules' && Array.isArray(value) && Object.keys(value[0] ?? {}).length === 1
  );
}
