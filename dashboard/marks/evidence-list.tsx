import type { Evidence } from '../api/api-types.ts';
import { Packet } from '../picture/packet.tsx';
import { scopeText } from '../wording/resource-ids.ts';
import styles from './evidence-list.module.css';

/** The places that prove a verdict, each with a packet where there is one. */
export function EvidenceList({ evidence }: { readonly evidence: readonly Evidence[] }) {
  return (
    <ul className={styles.list}>
      {evidence.map(({ at, rule, says, witness }, index) => (
        <li key={`${index} ${at}`}>
          <p>{says}</p>
          <p className={styles.place}>
            {rule === undefined ? '' : `Rule ${rule} of `}
            {scopeText(at)}
          </p>
          {witness === undefined ? null : <Packet packet={witness} />}
        </li>
      ))}
    </ul>
  );
}
