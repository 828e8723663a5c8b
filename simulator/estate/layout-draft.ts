/** What layout scenarios decide of a cluster. */
export interface LayoutDraft {
  /** The service that a subnet is delegated to, by subnet id. */
  readonly delegations: Map<string, string>;
  /** The IPv4 ranges and addresses of the network profile; undefined where the row does not say. */
  serviceCidr: string | undefined;
  dnsServiceIp: string | undefined;
  podCidr: string;
  /** What the Azure ML v1 compute says of Docker's bridge. */
  dockerBridge: string | undefined;
}

export function newLayout(): LayoutDraft {
  return {
    delegations: new Map(),
    serviceCidr: '10.0.0.0/16',
    dnsServiceIp: '10.0.0.10',
    podCidr: '10.244.0.0/16',
    dockerBridge: undefined,
  };
}
