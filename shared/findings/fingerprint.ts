import { sha256 } from '../model/sha256.ts';

/**
 * The name of a finding over time, the same for every scan: the first 32 hexadecimal digits of
 * SHA-256 over `checkId\nclusterId`, lower-cased.
 */
export function fingerprint(checkId: string, clusterId: string): string {
  return sha256(`${checkId}\n${clusterId}`.toLowerCase()).slice(0, 32);
}

/** The name of a cluster in addresses: the first 32 hexadecimal digits of SHA-256 over its id, lower-cased. */
export function clusterKey(clusterId: string): string {
  return sha256(clusterId.toLowerCase()).slice(0, 32);
}
