import type { FindingDetail } from '../../api/api-types.ts';
import { SeverityMark } from '../../marks/severity-mark.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { useNow } from '../../shell/use-now.ts';
import { causeText, sinceText } from '../../wording/findings.ts';
import { momentText } from '../../wording/moments.ts';
import styles from './finding-head.module.css';

/** What is wrong, since when, and who changed what. */
export function FindingHead({ finding }: { readonly finding: FindingDetail }) {
  const now = useNow();
  const { state, severity, summary, cause, exempt, title, alert, lastSeen } = finding;
  const { checkId, clusterKey, clusterName } = finding;
  return (
    <section className={`${styles.head} ${state === 'open' ? styles[severity] : styles.resolved}`}>
      <p className={styles.marks}>
        <span role="status">{state === 'open' ? 'Open' : 'Resolved'}</span>
        <SeverityMark severity={severity} />
        <AppLink href={pathTo('clusters', clusterKey)}>{clusterName}</AppLink>
      </p>
      <p className={styles.summary}>{summary}</p>
      <p>{sinceText(finding, now)}</p>
      {cause === undefined ? null : <p>{causeText(cause)}</p>}
      <p className={styles.soft}>
        {'It should hold that '}
        <AppLink href={pathTo('checks', checkId)}>{lowered(title)}</AppLink>
        {`. Last seen to fail ${momentText(lastSeen)}.`}
        {alert === null ? '' : ` Its alert is ${alert.state}${byText(alert.acknowledgedBy)}.`}
      </p>
      {exempt === null ? null : (
        <p>
          {`Accepted by ${exempt.approvedBy ?? 'somebody'}: ${exempt.reason}`}
          {exempt.ticket === null ? '' : ` (${exempt.ticket})`}
          {exempt.expiresOn === null ? '' : `, until ${exempt.expiresOn}`}
        </p>
      )}
    </section>
  );
}

function byText(name: string | undefined): string {
  return name === undefined ? '' : ` by ${name}`;
}

function lowered(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}
