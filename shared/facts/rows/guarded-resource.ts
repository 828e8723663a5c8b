import * as lenient from './lenient.ts';
import { networkAcls } from './network-acls.ts';
import { privateEndpointConnections } from './private-endpoint-connections.ts';

/** `microsoft.storage/storageaccounts` and `microsoft.keyvault/vaults`, whose network settings are alike. */
export const guardedResourceRow = lenient.members({
  properties: lenient.whole(
    lenient
      .members({
        publicNetworkAccess: lenient.lowerText,
        networkAcls,
        privateEndpointConnections,
      })
      .transform(
        ({ networkAcls: acls, privateEndpointConnections: connections, ...properties }) => ({
          ...properties,
          acls,
          connections,
        }),
      ),
  ),
});
