import type { z } from 'zod';
import * as lenient from './lenient.ts';

const frontend = lenient.members({
  id: lenient.id,
  name: lenient.text,
  properties: lenient.part(
    lenient.members({ privateIPAddress: lenient.text, publicIPAddress: lenient.reference }),
  ),
});

const backendAddress = lenient.members({
  properties: lenient.part(
    lenient.members({
      ipAddress: lenient.text,
      subnet: lenient.reference,
      networkInterfaceIPConfiguration: lenient.reference,
    }),
  ),
});

const pool = lenient.members({
  id: lenient.id,
  properties: lenient.part(
    lenient.members({
      backendIPConfigurations: lenient.references,
      loadBalancerBackendAddresses: lenient.list(backendAddress),
    }),
  ),
});

const probe = lenient.members({
  id: lenient.id,
  properties: lenient.part(lenient.members({ port: lenient.integer })),
});

const rule = lenient.members({
  name: lenient.requiredText,
  properties: lenient.whole(
    lenient.members({
      frontendIPConfiguration: lenient.reference,
      backendAddressPool: lenient.reference,
      backendAddressPools: lenient.references,
      probe: lenient.reference,
      protocol: lenient.word(['Tcp', 'Udp', 'All']),
      frontendPort: lenient.requiredInteger,
      backendPort: lenient.integer,
      enableFloatingIP: lenient.flag,
    }),
  ),
});

/** `microsoft.network/loadbalancers`. */
export const loadBalancerRow = lenient.members({
  sku: lenient.part(lenient.members({ name: lenient.lowerText })),
  properties: lenient.whole(
    lenient.members({
      frontendIPConfigurations: lenient.presentList(frontend),
      backendAddressPools: lenient.presentList(pool),
      loadBalancingRules: lenient.presentList(rule),
      probes: lenient.list(probe),
    }),
  ),
});

export type LoadBalancerRow = z.infer<typeof loadBalancerRow>;
export type BackendPool = z.infer<typeof pool>;
