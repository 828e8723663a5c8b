import { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.containerregistry/registries`. */
export const registryRow = z.object({
  location: lenient.location,
  properties: lenient.whole(
    z.object({
      privateEndpointConnections: lenient.list(
        z.object({
          properties: lenient.part(
            z.object({
              privateEndpoint: lenient.reference,
              privateLinkServiceConnectionState: lenient.part(
                z.object({ status: lenient.lowerText }),
              ),
            }),
          ),
        }),
      ),
    }),
  ),
});
