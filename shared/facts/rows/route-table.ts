import { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.network/routetables`. */
export const routeTableRow = z.object({
  properties: lenient.whole(
    z.object({
      routes: lenient.list(
        z.object({
          name: lenient.requiredText,
          properties: lenient.whole(
            z.object({
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
