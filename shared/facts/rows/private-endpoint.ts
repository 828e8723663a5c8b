import * as lenient from './lenient.ts';

/** `microsoft.network/privateendpoints`. */
export const privateEndpointRow = lenient.members({
  properties: lenient.whole(
    lenient.members({
      subnet: lenient.requiredReference,
      networkInterfaces: lenient.references,
      applicationSecurityGroups: lenient.references,
      customDnsConfigs: lenient.list(lenient.members({ ipAddresses: lenient.texts })),
    }),
  ),
});
