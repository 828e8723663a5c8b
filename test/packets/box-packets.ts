import { type AddressSet } from '../../shared/packets/address.ts';
import { type IntervalSet, noInterval } from '../../shared/packets/interval-set.ts';
import { type Box, type PacketSet, packets } from '../../shared/packets/packet-set.ts';

/** The packets of a box. */
export function packetsOfBox(box: Box): PacketSet {
  const addresses = (set: IntervalSet): AddressSet =>
    box.family === 4 ? { v4: set, v6: noInterval } : { v4: noInterval, v6: set };
  return packets({
    ...box,
    sources: addresses(box.sources),
    destinations: addresses(box.destinations),
  });
}
