import * as lenient from './lenient.ts';

const connection = lenient
  .members({
    properties: lenient.part(
      lenient.members({ privateLinkServiceId: lenient.id, groupIds: lenient.texts }),
    ),
  })
  .transform(({ properties }) => ({
    targetId: properties?.privateLinkServiceId,
    groups: (properties?.groupIds ?? []).map((group) => group.toLowerCase()),
  }));

/** `microsoft.network/privateendpoints`; what was approved by hand stands in a list of its own. */
export const privateEndpointRow = lenient.members({
  properties: lenient.whole(
    lenient
      .members({
        subnet: lenient.requiredReference,
        networkInterfaces: lenient.references,
        applicationSecurityGroups: lenient.references,
        customDnsConfigs: lenient.list(lenient.members({ ipAddresses: lenient.texts })),
        privateLinkServiceConnections: lenient.list(connection),
        manualPrivateLinkServiceConnections: lenient.list(connection),
      })
      .transform(
        ({
          privateLinkServiceConnections,
          manualPrivateLinkServiceConnections,
          ...properties
        }) => ({
          ...properties,
          connections: [...privateLinkServiceConnections, ...manualPrivateLinkServiceConnections],
        }),
      ),
  ),
});
