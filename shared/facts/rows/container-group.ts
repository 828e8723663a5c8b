import * as lenient from './lenient.ts';

const container = lenient.members({
  properties: lenient.part(lenient.members({ image: lenient.lowerText })),
});

/**
 * `microsoft.containerinstance/containergroups`. Versions of the API before 2021-07-01 put a group
 * into a network by a network profile, later ones by its subnets.
 */
export const containerGroupRow = lenient.members({
  properties: lenient.whole(
    lenient
      .members({
        subnetIds: lenient.references,
        networkProfile: lenient.reference,
        containers: lenient.list(container),
        initContainers: lenient.list(container),
      })
      .transform(({ subnetIds, networkProfile, containers, initContainers }) => ({
        networkIds: networkProfile === undefined ? subnetIds : [...subnetIds, networkProfile],
        images: [...containers, ...initContainers].flatMap(
          ({ properties }) => properties?.image ?? [],
        ),
      })),
  ),
});
