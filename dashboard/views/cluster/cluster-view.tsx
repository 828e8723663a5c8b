import { useResource } from '../../api/use-resource.ts';
import { PathPicture } from '../../picture/path-picture.tsx';
import { pathTo } from '../../routing/route.ts';
import { Page } from '../../shell/page.tsx';

/** One cluster. */
export function ClusterView({ clusterKey }: { readonly clusterKey: string }) {
  const cluster = useResource('/clusters/{key}', { path: { key: clusterKey } });
  const explanation = useResource('/clusters/{key}/explanation', { path: { key: clusterKey } });
  return (
    <Page
      title={cluster.data?.name ?? 'Cluster'}
      crumbs={[{ text: 'Clusters', href: pathTo('clusters') }]}
      resource={cluster}
    >
      {() => (explanation.data ? <PathPicture explanation={explanation.data} /> : null)}
    </Page>
  );
}
