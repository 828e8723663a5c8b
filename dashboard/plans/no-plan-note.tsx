import type { FindingDetail } from '../api/api-types.ts';
import { When } from '../marks/when.tsx';
import { useNow } from '../shell/use-now.ts';
import styles from './no-plan-note.module.css';

/** Why there is no plan for a finding, when the service has looked, and when it looks again. */
export function NoPlanNote({
  noPlan: { because, at, next },
}: {
  readonly noPlan: NonNullable<FindingDetail['noPlan']>;
}) {
  const isNear = Date.parse(next) <= useNow();
  return (
    <div className={styles.note}>
      <p>There is no plan: {because.endsWith('.') ? because : `${because}.`}</p>
      <p className={styles.aside}>
        Looked at <When at={at} />, and again {isNear ? 'within the hour' : <When at={next} />}, or
        as soon as something changes that the cluster depends on.
      </p>
    </div>
  );
}
