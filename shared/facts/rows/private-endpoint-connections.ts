import type { z } from 'zod';
import * as lenient from './lenient.ts';

/** Azure ML names the endpoint's subnet beside the endpoint; other services only the endpoint. */
const endpoint = lenient.part(lenient.members({ id: lenient.id, subnetArmId: lenient.id }));

/**
 * `properties.privateEndpointConnections` of a resource that private endpoints lead to. Services leave
 * the member out where there are none.
 */
export const privateEndpointConnections = lenient.list(
  lenient
    .members({
      properties: lenient.part(
        lenient.members({
          privateEndpoint: endpoint,
          privateLinkServiceConnectionState: lenient.part(
            lenient.members({ status: lenient.lowerText }),
          ),
        }),
      ),
    })
    .transform(({ properties }) => ({
      endpointId: properties?.privateEndpoint?.id,
      subnetId: properties?.privateEndpoint?.subnetArmId,
      status: properties?.privateLinkServiceConnectionState?.status,
    })),
);

export type PrivateEndpointConnectionRow = z.infer<typeof privateEndpointConnections>[number];
