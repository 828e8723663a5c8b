import * as lenient from './lenient.ts';
import { networkAcls } from './network-acls.ts';
import { privateEndpointConnections } from './private-endpoint-connections.ts';

/** `microsoft.containerregistry/registries`. */
export const registryRow = lenient.members({
  location: lenient.location,
  properties: lenient.whole(
    lenient.members({
      loginServer: lenient.lowerText,
      publicNetworkAccess: lenient.lowerText,
      dataEndpointEnabled: lenient.flag,
      networkRuleSet: networkAcls,
      privateEndpointConnections,
    }),
  ),
});
