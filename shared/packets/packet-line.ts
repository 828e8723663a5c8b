import type { DescribedPacket } from './describe.ts';

/** The packet on one line: `203.0.113.9:49152 → 20.1.2.3:443 Tcp`, without ports where it has none. */
export function packetLine(packet: DescribedPacket): string {
  const from = socket(packet.source, packet.sourcePort);
  return `${from} → ${socket(packet.destination, packet.destinationPort)} ${packet.protocol}`;
}

function socket(address: string, port: number | null): string {
  if (port === null) return address;
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
