import type { Witness } from '../api/api-types.ts';

/** Where a packet comes from: `203.0.113.1:49152`. */
export function sourceText({ source, sourcePort }: Witness): string {
  return endText(source, sourcePort);
}

/** Where a packet goes: `20.4.0.19:443`. */
export function destinationText({ destination, destinationPort }: Witness): string {
  return endText(destination, destinationPort);
}

/** A packet in one line. */
export function packetText(packet: Witness): string {
  const { protocol, direction } = packet;
  return `${sourceText(packet)} → ${destinationText(packet)} ${protocol.toUpperCase()}, ${direction}`;
}

function endText(address: string, port: number | null): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
