import type { Witness } from '../api/api-types.ts';
import { destinationText, sourceText } from '../wording/packets.ts';
import styles from './packet.module.css';

/** One packet, as it would stand in a capture. */
export function Packet({ packet }: { readonly packet: Witness }) {
  return (
    <span className={styles.packet}>
      <code className={styles.end}>{sourceText(packet)}</code>
      <span>→</span>
      <code className={styles.end}>{destinationText(packet)}</code>
      <span className={styles.how}>{`${packet.protocol.toUpperCase()}, ${packet.direction}`}</span>
    </span>
  );
}
