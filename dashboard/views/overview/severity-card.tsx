import type { CountBySeverity } from '../../api/api-types.ts';
import { SeverityMark } from '../../marks/severity-mark.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { changedQuery } from '../../routing/query.ts';
import { pathTo } from '../../routing/route.ts';
import { Card } from '../../shell/card.tsx';
import { numberText } from '../../wording/numbers.ts';
import { severities } from '../../wording/words.ts';
import styles from './severity-card.module.css';

interface SeverityCardProps {
  readonly counts: CountBySeverity;
  readonly exempt: number;
}

/** Open findings by how bad they are. */
export function SeverityCard({ counts, exempt }: SeverityCardProps) {
  const most = Math.max(1, ...severities.map((severity) => counts[severity]));
  return (
    <Card title="Open findings">
      <ul className={styles.list}>
        {severities.map((severity) => (
          <li key={severity}>
            <SeverityMark severity={severity} />
            <span className={styles.track} aria-hidden="true">
              <span
                className={`${styles.bar} ${styles[severity]}`}
                style={{ width: `${(counts[severity] / most) * 100}%` }}
              />
            </span>
            <AppLink href={pathTo('findings') + changedQuery('', { severity, exempt: 'false' })}>
              {numberText(counts[severity])}
            </AppLink>
          </li>
        ))}
      </ul>
      <p className={styles.exempt}>
        <AppLink href={pathTo('findings') + changedQuery('', { exempt: 'true' })}>
          {`${numberText(exempt)} more`}
        </AppLink>
        {' accepted by exemptions.'}
      </p>
    </Card>
  );
}
