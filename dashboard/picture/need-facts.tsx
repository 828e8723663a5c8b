import { EvidenceList } from '../marks/evidence-list.tsx';
import { MissingList } from '../marks/missing-list.tsx';
import { VerdictMark } from '../marks/verdict-mark.tsx';
import type { Need } from './explained.ts';
import styles from './facts.module.css';

/** Something that the nodes must reach, and the proof that they can or cannot. */
export function NeedFacts({ need }: { readonly need: Need }) {
  return (
    <div className={styles.facts}>
      <p>
        <VerdictMark kind={need.kind} />
      </p>
      <p>{need.summary}</p>
      {need.isOptional ? <p className={styles.soft}>Only some features need it.</p> : null}
      <EvidenceList evidence={need.evidence} />
      <MissingList missing={need.missing} />
    </div>
  );
}
