import { useResource } from '../../api/use-resource.ts';
import { FindingCard } from '../../findings/finding-card.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { changedQuery } from '../../routing/query.ts';
import { pathTo } from '../../routing/route.ts';
import { Card } from '../../shell/card.tsx';
import { Loading } from '../../shell/loading.tsx';
import { numberText } from '../../wording/numbers.ts';
import styles from './needs-you.module.css';

const shown = 4;

/** The worst of what is wrong, with the way to put it right. */
export function NeedsYou() {
  const { data, trouble } = useResource('/findings', {
    query: {
      limit: shown,
      sort: 'severity',
      exempt: 'false',
      severity: ['critical', 'high', 'medium'],
    },
  });
  const waiting = useResource('/remediations', {
    query: { limit: 250, state: ['awaitingApproval'] },
  });
  const fingerprints = new Set(
    waiting.data?.remediations.map(({ fingerprint }) => fingerprint) ?? [],
  );
  const all = pathTo('findings') + changedQuery('', { exempt: 'false' });
  return (
    <Card title="Needs you now" more={<AppLink href={all}>All findings</AppLink>}>
      {data === undefined ? (
        trouble === undefined ? (
          <Loading lines={8} />
        ) : (
          <p>{trouble.error}</p>
        )
      ) : null}
      {data?.findings.length === 0 ? (
        <p>Nothing above low severity is wrong, as far as everything could be read.</p>
      ) : null}
      <ul className={styles.list}>
        {data?.findings.map((finding) => (
          <FindingCard
            key={finding.fingerprint}
            finding={finding}
            withCluster
            isWaiting={fingerprints.has(finding.fingerprint)}
          />
        ))}
      </ul>
      {data !== undefined && data.total > shown ? (
        <p className={styles.more}>{`and ${numberText(data.total - shown)} more`}</p>
      ) : null}
    </Card>
  );
}
