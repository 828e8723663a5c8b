import type { Evidence, Plan } from '../api/api-types.ts';
import { FactList } from '../shell/fact-list.tsx';
import { counted } from '../wording/numbers.ts';
import { momentText } from '../wording/moments.ts';
import { BeforeAfter } from './before-after.tsx';
import { PlanProof } from './plan-proof.tsx';
import styles from './plan-view.module.css';
import { RuleChanges } from './rule-changes.tsx';

interface PlanViewProps {
  readonly plan: Plan;
  readonly evidence: readonly Evidence[];
}

/** What a plan would change, as packets and as rules, and what is proven of it. */
export function PlanView({ plan, evidence }: PlanViewProps) {
  const { summary, changes, proof, permissions, undo, hash, expiresAt } = plan;
  return (
    <div className={styles.plan}>
      {changes.length > 2 ? (
        <details>
          <summary
            className={styles.summary}
          >{`${counted(changes.length, 'change')}, in words`}</summary>
          <p>{summary}</p>
        </details>
      ) : (
        <p>{summary}</p>
      )}
      <PlanProof proof={proof} />
      <section>
        <h3 className={styles.heading}>What changes</h3>
        <BeforeAfter plan={plan} />
      </section>
      <section>
        <h3 className={styles.heading}>By which rules</h3>
        <RuleChanges plan={plan} evidence={evidence} />
      </section>
      <details>
        <summary className={styles.summary}>Permissions, undo and hash</summary>
        <FactList
          facts={[
            ['Needs', permissions.join(', ')],
            [
              'Undone by',
              undo.map(({ method, url }) => `${method} ${url}`).join(', ') || 'nothing',
            ],
            ['Good until', momentText(expiresAt)],
            ['Hash', <code key="hash">{hash}</code>],
          ]}
        />
      </details>
    </div>
  );
}
