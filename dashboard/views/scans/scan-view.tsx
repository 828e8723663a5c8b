import { useResource } from '../../api/use-resource.ts';
import { pathTo } from '../../routing/route.ts';
import { GapTable } from '../../scans/gap-table.tsx';
import { ScanFacts } from '../../scans/scan-facts.tsx';
import { Card } from '../../shell/card.tsx';
import { Page } from '../../shell/page.tsx';
import { momentText } from '../../wording/moments.ts';
import { counted } from '../../wording/numbers.ts';
import styles from '../findings/finding-view.module.css';

const shardWords = { queued: 'queued', done: 'done', failed: 'failed' } as const;

/** One scan: its cost, its parts, and what it could not read. */
export function ScanView({ scanId }: { readonly scanId: string }) {
  const resource = useResource('/scans/{scanId}', { path: { scanId } });
  const { data } = resource;
  return (
    <Page
      title={data === undefined ? 'Scan' : `Scan of ${momentText(data.startedAt)}`}
      crumbs={[{ text: 'Scans', href: pathTo('scans') }]}
      resource={resource}
    >
      {(scan) => (
        <div className={styles.parts}>
          <Card title="The scan">
            <ScanFacts scan={scan} />
          </Card>
          <Card title={counted(scan.shardStates.length, 'part')}>
            <ul>
              {scan.shardStates.map(({ shard, state, clusters, why }) => (
                <li key={shard}>
                  {`Part ${shard}: ${shardWords[state]}, ${counted(clusters, 'cluster')}`}
                  {why === undefined ? '' : `. ${why}`}
                </li>
              ))}
            </ul>
          </Card>
          <Card title="What could not be read">
            {scan.coverage.length === 0 ? (
              <p>Nothing is known to be missing.</p>
            ) : (
              <GapTable groups={scan.coverage} />
            )}
          </Card>
        </div>
      )}
    </Page>
  );
}
