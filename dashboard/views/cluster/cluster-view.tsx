import type { ClusterDetail } from '../../api/api-types.ts';
import { useResource } from '../../api/use-resource.ts';
import { PostureMark } from '../../marks/verdict-mark.tsx';
import { wordsOf } from '../../routing/query.ts';
import { pathTo } from '../../routing/route.ts';
import { useQuery } from '../../routing/use-query.ts';
import { Page } from '../../shell/page.tsx';
import { Tabs } from '../../shell/tabs.tsx';
import { ClusterEssentials } from './cluster-essentials.tsx';
import { ClusterHistory } from './cluster-history.tsx';
import styles from './cluster-view.module.css';
import { Diagnosis } from './diagnosis.tsx';
import { PathTab } from './path-tab.tsx';
import { VerdictTable } from './verdict-table.tsx';

const tabs = ['path', 'verdicts', 'history'] as const;

/** One cluster: what is wrong with it, its path, its verdicts and its history. */
export function ClusterView({ clusterKey }: { readonly clusterKey: string }) {
  const cluster = useResource('/clusters/{key}', { path: { key: clusterKey } });
  const { data } = cluster;
  return (
    <Page
      title={data?.name ?? 'Cluster'}
      subtitle={
        data === undefined ? undefined : (
          <span className={styles.subtitle} role="status">
            <PostureMark posture={data.posture} />
            <span>{`Inference cluster in ${data.location}`}</span>
          </span>
        )
      }
      crumbs={[{ text: 'Clusters', href: pathTo('clusters') }]}
      resource={cluster}
    >
      {(detail) => (
        <div className={styles.parts}>
          <Diagnosis cluster={detail} />
          {/* Where something is wrong, the path comes first. */}
          <ClusterEssentials cluster={detail} isOpen={detail.posture !== 'nonCompliant'} />
          <ClusterTabs cluster={detail} />
        </div>
      )}
    </Page>
  );
}

function ClusterTabs({ cluster }: { readonly cluster: ClusterDetail }) {
  const [search, change] = useQuery();
  const tab = wordsOf(search, 'tab', tabs)[0] ?? 'path';
  return (
    <Tabs
      label="Parts of the cluster"
      tabs={[
        { value: 'path', text: 'Path' },
        { value: 'verdicts', text: `Verdicts (${cluster.verdicts.length})` },
        { value: 'history', text: 'History' },
      ]}
      chosen={tab}
      onChoose={(value) => change({ tab: value === 'path' ? undefined : value })}
    >
      {tab === 'path' ? <PathTab clusterKey={cluster.key} /> : null}
      {tab === 'verdicts' ? <VerdictTable verdicts={cluster.verdicts} /> : null}
      {tab === 'history' ? <ClusterHistory cluster={cluster} /> : null}
    </Tabs>
  );
}
