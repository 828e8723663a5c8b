import { Tab, TabList } from '@fluentui/react-components';
import type { ClusterDetail } from '../../api/api-types.ts';
import { useResource } from '../../api/use-resource.ts';
import { PostureMark } from '../../marks/verdict-mark.tsx';
import { oneOf } from '../../routing/query.ts';
import { pathTo } from '../../routing/route.ts';
import { useQuery } from '../../routing/use-query.ts';
import { Page } from '../../shell/page.tsx';
import { ClusterEssentials } from './cluster-essentials.tsx';
import { ClusterHistory } from './cluster-history.tsx';
import styles from './cluster-view.module.css';
import { Diagnosis } from './diagnosis.tsx';
import { PathTab } from './path-tab.tsx';
import { VerdictTable } from './verdict-table.tsx';

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
          <ClusterEssentials cluster={detail} />
          <Tabs cluster={detail} />
        </div>
      )}
    </Page>
  );
}

function Tabs({ cluster }: { readonly cluster: ClusterDetail }) {
  const [search, change] = useQuery();
  const tab = oneOf(search, 'tab') ?? 'path';
  return (
    <div>
      <TabList
        className={styles.tabs}
        selectedValue={tab}
        onTabSelect={(_, { value }) => change({ tab: value === 'path' ? undefined : String(value) })}
      >
        <Tab value="path">Path</Tab>
        <Tab value="verdicts">{`Verdicts (${cluster.verdicts.length})`}</Tab>
        <Tab value="history">History</Tab>
      </TabList>
      <div role="tabpanel" aria-label={tabNames[tab] ?? 'Path'} className={styles.panel}>
        {tab === 'verdicts' ? (
          <VerdictTable verdicts={cluster.verdicts} />
        ) : tab === 'history' ? (
          <ClusterHistory cluster={cluster} />
        ) : (
          <PathTab clusterKey={cluster.key} />
        )}
      </div>
    </div>
  );
}

const tabNames: Readonly<Record<string, string>> = { verdicts: 'Verdicts', history: 'History' };
