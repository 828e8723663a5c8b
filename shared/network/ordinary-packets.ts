import { type AddressSet, realAddresses, uniteAddresses } from '../packets/address.ts';
import {
  type Packet,
  type PacketSet,
  allPorts,
  packets,
  protocols,
} from '../packets/packet-set.ts';
import { privateAddresses, publicAddresses } from './address-bounds.ts';

/** Addresses that have a number. */
export const numberedAddresses: AddressSet = realAddresses;

/** Addresses such as people see every day. */
export const ordinaryAddresses: AddressSet = uniteAddresses(publicAddresses, privateAddresses);

const ordinaryPackets: PacketSet = between(ordinaryAddresses);

/** A packet of the set such as people see every day, or else any; undefined where there is none. */
export function ordinaryWitness(set: PacketSet): Packet | undefined {
  return set.intersect(ordinaryPackets).witness() ?? set.witness();
}

function between(addresses: AddressSet): PacketSet {
  return packets({
    protocols,
    sources: addresses,
    sourcePorts: allPorts,
    destinations: addresses,
    destinationPorts: allPorts,
  });
}
