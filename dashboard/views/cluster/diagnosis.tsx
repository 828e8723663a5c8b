import type { ClusterDetail } from '../../api/api-types.ts';
import { FindingCard } from '../../findings/finding-card.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { changedQuery } from '../../routing/query.ts';
import { pathTo } from '../../routing/route.ts';
import { Card } from '../../shell/card.tsx';
import { useNow } from '../../shell/use-now.ts';
import { distance, momentText } from '../../wording/moments.ts';
import { counted } from '../../wording/numbers.ts';
import { severities } from '../../wording/words.ts';
import styles from './diagnosis.module.css';

const shown = 3;

/** What is wrong with a cluster, the worst first, and what to press. */
export function Diagnosis({ cluster }: { readonly cluster: ClusterDetail }) {
  const { findings, remediations, key, posture, readAt, pending, failed, counts } = cluster;
  const now = useNow();
  const open = findings
    .filter(({ state, exempt, severity }) => state === 'open' && !exempt && severity !== 'info')
    .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const waiting = new Set(
    remediations
      .filter(({ state }) => state === 'awaitingApproval')
      .map(({ fingerprint }) => fingerprint),
  );
  const checked =
    readAt === null ? 'Not checked yet.' : `Checked ${distance(Date.parse(readAt), now)}.`;
  return (
    <Card
      title={open.length === 0 ? calmTitles[posture] : counted(open.length, 'failure')}
      more={<span className={styles.checked}>{checked}</span>}
    >
      {open.length === 0 ? <p>{calmText(posture, counts?.unknown ?? 0)}</p> : null}
      <ul className={styles.list}>
        {open.slice(0, shown).map((finding) => (
          <FindingCard
            key={finding.fingerprint}
            finding={finding}
            withCluster={false}
            isWaiting={waiting.has(finding.fingerprint)}
          />
        ))}
      </ul>
      {open.length > shown ? (
        <p>
          <AppLink href={pathTo('findings') + changedQuery('', { cluster: key })}>
            {`and ${open.length - shown} more`}
          </AppLink>
        </p>
      ) : null}
      {pending === null ? null : (
        <p className={styles.note}>
          {`${counted(pending.changes.length, 'change')} since ${momentText(pending.since)}: it is checked anew ${distance(Date.parse(pending.dueAt), now)}.`}
        </p>
      )}
      {failed === null ? null : (
        <p className={styles.note}>
          {`The last check, ${momentText(failed.at)}, was given up: ${failed.why}`}
        </p>
      )}
    </Card>
  );
}

const calmTitles = {
  compliant: 'Nothing is wrong',
  nonCompliant: 'Not compliant',
  unknown: 'Not everything is known',
} as const;

function calmText(posture: ClusterDetail['posture'], unknown: number): string {
  if (posture === 'compliant') return 'No check above info fails, and none is unknown.';
  if (posture === 'unknown') {
    return `No check is known to fail, and ${counted(unknown, 'check')} could not be answered: see the verdicts.`;
  }
  return 'See the verdicts.';
}
