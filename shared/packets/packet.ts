import { type AddressSet, type Family } from './address.ts';
import type { Coordinate, IntervalSet } from './interval-set.ts';

/**
 * The universe of protocols: exactly what Azure virtual networks carry and security rules can name
 * (learn.microsoft.com/azure/virtual-network/virtual-networks-faq). Only Tcp and Udp have ports.
 */
export const protocols = ['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah'] as const;
export type Protocol = (typeof protocols)[number];

const portedProtocols: ReadonlySet<Protocol> = new Set<Protocol>(['Tcp', 'Udp']);

/** Whether packets of the protocol carry ports. */
export function hasPorts(protocol: Protocol): boolean {
  return portedProtocols.has(protocol);
}

/** Ports 0 to 65535. */
export const allPorts: IntervalSet = [0, 65_536];

/** What a rule or a question spans: every combination of its five sides, within each family. */
export interface Product {
  readonly protocols: readonly Protocol[];
  readonly sources: AddressSet;
  readonly sourcePorts: IntervalSet;
  readonly destinations: AddressSet;
  readonly destinationPorts: IntervalSet;
}

/** A product of one family; no side is empty. Boxes of portless protocols carry all ports. */
export interface Box {
  readonly family: Family;
  /** In the order of `protocols`. */
  readonly protocols: readonly Protocol[];
  readonly sources: IntervalSet;
  readonly sourcePorts: IntervalSet;
  readonly destinations: IntervalSet;
  readonly destinationPorts: IntervalSet;
}

/** The ports of a portless packet are 0 and mean nothing. */
export interface Packet {
  readonly family: Family;
  readonly protocol: Protocol;
  readonly source: Coordinate;
  readonly sourcePort: number;
  readonly destination: Coordinate;
  readonly destinationPort: number;
}

/** Protocols as bits, in the order of `protocols`. */
export function protocolMask(chosen: Iterable<Protocol>): number {
  let mask = 0;
  for (const protocol of chosen) mask |= 1 << protocols.indexOf(protocol);
  return mask;
}

/** The protocols of the bits, in the order of `protocols`. */
export function protocolsIn(mask: number): readonly Protocol[] {
  return protocols.filter((_, bit) => ((mask >>> bit) & 1) === 1);
}

export const portedMask = protocolMask(portedProtocols);
