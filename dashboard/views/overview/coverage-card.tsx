import type { Overview } from '../../api/api-types.ts';
import { GapTable } from '../../scans/gap-table.tsx';
import { Card } from '../../shell/card.tsx';
import { counted } from '../../wording/numbers.ts';
import styles from './coverage-card.module.css';

/** What could not be read, and why: about that, nothing is known. */
export function CoverageCard({ coverage }: { readonly coverage: Overview['coverage'] }) {
  const { complete, gaps, groups, failedChecks } = coverage;
  return (
    <Card title="Coverage">
      <p className={styles.says}>
        {complete === null
          ? 'No scan has ended yet.'
          : gaps === 0
            ? 'Everything that was asked for was read.'
            : `${counted(gaps, 'thing')} could not be read. What hangs on them is not known, and never counted as passing.`}
        {failedChecks === 0
          ? ''
          : ` The last check of ${counted(failedChecks, 'cluster')} was given up.`}
      </p>
      {groups.length === 0 ? null : <GapTable groups={groups} />}
    </Card>
  );
}
