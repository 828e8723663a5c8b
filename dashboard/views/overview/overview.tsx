import type { Overview as OverviewData } from '../../api/api-types.ts';
import { useResource } from '../../api/use-resource.ts';
import { HeatMap } from '../../charts/heat-map.tsx';
import { TrendChart } from '../../charts/trend-chart.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { ScanFacts } from '../../scans/scan-facts.tsx';
import { Card } from '../../shell/card.tsx';
import { Page } from '../../shell/page.tsx';
import { counted, numberText } from '../../wording/numbers.ts';
import { CoverageCard } from './coverage-card.tsx';
import { NeedsYou } from './needs-you.tsx';
import styles from './overview.module.css';
import { PostureCard } from './posture-card.tsx';
import { SeverityCard } from './severity-card.tsx';
import { WaitingCard } from './waiting-card.tsx';

/** How the tenant stands: what is wrong now, and which way it goes. */
export function Overview() {
  const overview = useResource('/overview', {});
  const { data } = overview;
  return (
    <Page
      title="Overview"
      subtitle={data === undefined ? undefined : <span role="status">{sentence(data)}</span>}
      resource={overview}
    >
      {({ posture, openFindings, exemptFindings, trend, heatMap, coverage, lastScan }) => (
        <div className={styles.grid}>
          <div className={styles.main}>
            <NeedsYou />
          </div>
          <div className={styles.side}>
            <PostureCard posture={posture} />
            <SeverityCard counts={openFindings} exempt={exemptFindings} />
            {data === undefined ? null : <WaitingCard overview={data} />}
          </div>
          <Card title="Trend of 90 days" className={styles.half}>
            <TrendChart points={trend} />
          </Card>
          <Card
            title="Last scan"
            className={styles.half}
            more={<AppLink href={pathTo('scans')}>All scans</AppLink>}
          >
            {lastScan === null ? <p>No scan has ended yet.</p> : <ScanFacts scan={lastScan} />}
          </Card>
          <Card title="Where checks fail" className={styles.wide}>
            <HeatMap cells={heatMap} />
          </Card>
          <div className={styles.wide}>
            <CoverageCard coverage={coverage} />
          </div>
        </div>
      )}
    </Page>
  );
}

function sentence({ posture, alerts, remediations }: OverviewData): string {
  const { clusters, nonCompliant, unknown } = posture;
  const parts = [
    nonCompliant === 0
      ? `None of ${counted(clusters, 'cluster')} is known not to be compliant`
      : `${numberText(nonCompliant)} of ${counted(clusters, 'cluster')} are not compliant`,
    ...(unknown === 0 ? [] : [`${numberText(unknown)} are not known`]),
    ...(alerts.open === 0 ? [] : [`${counted(alerts.open, 'alert')} open`]),
    ...(remediations.awaitingApproval === 0
      ? []
      : [`${counted(remediations.awaitingApproval, 'fix', 'fixes')} waiting for approval`]),
  ];
  return `${parts.join(', ')}.`;
}
