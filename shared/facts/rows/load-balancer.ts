import { z } from 'zod';
import * as lenient from './lenient.ts';

const frontend = z.object({
  id: lenient.id,
  name: lenient.text,
  properties: lenient.part(
    z.object({ privateIPAddress: lenient.text, publicIPAddress: lenient.reference }),
  ),
});

const backendAddress = z.object({
  properties: lenient.part(
    z.object({
      ipAddress: lenient.text,
      subnet: lenient.reference,
      networkInterfaceIPConfiguration: lenient.reference,
    }),
  ),
});

const pool = z.object({
  id: lenient.id,
  properties: lenient.part(
    z.object({
      backendIPConfigurations: lenient.references,
      loadBalancerBackendAddresses: lenient.list(backendAddress),
    }),
  ),
});

const probe = z.object({
  id: lenient.id,
  properties: lenient.part(z.object({ port: lenient.integer })),
});

const rule = z.object({
  name: lenient.requiredText,
  properties: lenient.whole(
    z.object({
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
export const loadBalancerRow = z.object({
  properties: lenient.whole(
    z.object({
      frontendIPConfigurations: lenient.list(frontend),
      backendAddressPools: lenient.list(pool),
      loadBalancingRules: lenient.list(rule),
      probes: lenient.list(probe),
    }),
  ),
});

export type LoadBalancerRow = z.infer<typeof loadBalancerRow>;
export type BackendPool = z.infer<typeof pool>;
