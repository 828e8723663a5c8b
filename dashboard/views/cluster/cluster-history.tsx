import type { ClusterDetail } from '../../api/api-types.ts';
import { TransitionList } from '../../history/transition-list.tsx';
import { RemediationList } from '../../remediations/remediation-list.tsx';
import { Card } from '../../shell/card.tsx';
import styles from './cluster-view.module.css';

/** What happened to a cluster, who changed what, and what was done about it. */
export function ClusterHistory({ cluster }: { readonly cluster: ClusterDetail }) {
  return (
    <div className={styles.parts}>
      <Card title="What happened">
        <TransitionList transitions={cluster.history} withCheck />
      </Card>
      <Card title="Remediations">
        <RemediationList remediations={cluster.remediations} />
      </Card>
    </div>
  );
}
