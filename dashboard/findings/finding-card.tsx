import type { Finding } from '../api/api-types.ts';
import { SeverityMark } from '../marks/severity-mark.tsx';
import { AppLink } from '../routing/app-link.tsx';
import { LinkButton } from '../routing/link-button.tsx';
import { pathTo } from '../routing/route.ts';
import { causeText, sinceText } from '../wording/findings.ts';
import { useNow } from '../shell/use-now.ts';
import styles from './finding-card.module.css';

interface FindingCardProps {
  readonly finding: Finding;
  /** Whether to say which cluster it is about. */
  readonly withCluster: boolean;
  /** Whether a plan for it waits for somebody's approval. */
  readonly isWaiting: boolean;
}

/** What is wrong, since when, by whom, and where to go about it. */
export function FindingCard({ finding, withCluster, isWaiting }: FindingCardProps) {
  const now = useNow();
  const { severity, summary, clusterName, clusterKey, fingerprint, cause } = finding;
  const href = pathTo('findings', fingerprint);
  const picture = pathTo('clusters', clusterKey);
  return (
    <li className={`${styles.card} ${styles[severity]}`}>
      <div className={styles.head}>
        <SeverityMark severity={severity} />
        {withCluster ? (
          <AppLink className={styles.cluster} href={picture}>
            {clusterName}
          </AppLink>
        ) : null}
        <span className={styles.since}>{sinceText(finding, now)}</span>
      </div>
      <p>{summary}</p>
      {cause === undefined ? null : <p className={styles.cause}>{causeText(cause)}</p>}
      <p className={styles.ways}>
        <LinkButton href={href} isPrimary={isWaiting}>
          {isWaiting ? 'Review and approve the fix' : 'Proof and fix'}
        </LinkButton>
        {withCluster ? <AppLink href={picture}>See it on the path</AppLink> : null}
      </p>
    </li>
  );
}
