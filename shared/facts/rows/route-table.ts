import { parseAddressMatch } from '../../network/parse-match.ts';
import * as lenient from './lenient.ts';

const route = lenient
  .members({
    name: lenient.requiredText,
    properties: lenient.whole(
      lenient.members({
        addressPrefix: lenient.requiredText.transform((written) => written.trim()),
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
  })
  .superRefine(({ name, properties }, context) => {
    if (isDestination(properties.addressPrefix)) return;
    context.addIssue({
      code: 'custom',
      path: ['properties', 'addressPrefix'],
      message: `of the route "${name}" is neither a CIDR prefix nor a service tag`,
    });
  });

/** `microsoft.network/routetables`. */
export const routeTableRow = lenient.members({
  properties: lenient.whole(
    lenient.members({
      disableBgpRoutePropagation: lenient.flag,
      routes: lenient.presentList(route),
    }),
  ),
});

/** A CIDR prefix or a service tag, as Azure takes them. */
function isDestination(written: string): boolean {
  try {
    return parseAddressMatch(written).kind !== 'any';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
