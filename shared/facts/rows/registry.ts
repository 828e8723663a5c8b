import * as lenient from './lenient.ts';

/** `microsoft.containerregistry/registries`. */
export const registryRow = lenient.members({
  location: lenient.location,
  properties: lenient.whole(
    lenient.members({
      privateEndpointConnections: lenient.list(
        lenient.members({
          properties: lenient.part(
            lenient.members({
              privateEndpoint: lenient.reference,
              privateLinkServiceConnectionState: lenient.part(
                lenient.members({ status: lenient.lowerText }),
              ),
            }),
          ),
        }),
      ),
    }),
  ),
});
