import { type LazyExoticComponent, type ReactNode, Suspense, lazy } from 'react';

import type { Route } from '../routing/route.ts';
import { Loading } from '../shell/loading.tsx';
import { Nowhere } from './nowhere.tsx';
import { Overview } from './overview/overview.tsx';

const Cluster = lazy(async () => ({
  default: (await import('./cluster/cluster-view.tsx')).ClusterView,
}));

/** The view that the address names. All but the first are loaded when somebody goes there. */
export function CurrentView({ route }: { readonly route: Route }) {
  return <Suspense fallback={<Loading lines={6} />}>{viewOf(route)}</Suspense>;
}

function viewOf(route: Route): ReactNode {
  switch (route.view) {
    case 'overview':
      return <Overview />;
    case 'cluster':
      return <Cluster key={route.key} clusterKey={route.key} />;
    default:
      return <Nowhere path={route.view} />;
  }
}
