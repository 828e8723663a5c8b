import * as lenient from './lenient.ts';

/** `microsoft.network/routetables`. */
export const routeTableRow = lenient.members({
  properties: lenient.whole(
    lenient.members({
      routes: lenient.list(
        lenient.members({
          name: lenient.requiredText,
          properties: lenient.whole(
            lenient.members({
              addressPrefix: lenient.requiredText,
              nextHopType: lenient.word([
                'VirtualNetworkGateway',
                'VnetLocal',
                'Internet',
                'VirtualAppliance',
                'None',
              ]),
              nextHopIpAddress: lenient.text,
            }),
          ),
        }),
      ),
    }),
  ),
});
