import { type ReactNode, Suspense, lazy } from 'react';
import type { Route } from '../routing/route.ts';
import { Loading } from '../shell/loading.tsx';
import { Nowhere } from './nowhere.tsx';
import { Overview } from './overview/overview.tsx';

// Loaded when somebody goes there: the first view is not to wait for them.
const ClustersView = lazy(async () => {
  const { ClustersView: view } = await import('./clusters/clusters-view.tsx');
  return { default: view };
});
const ClusterView = lazy(async () => {
  const { ClusterView: view } = await import('./cluster/cluster-view.tsx');
  return { default: view };
});
const FindingsView = lazy(async () => {
  const { FindingsView: view } = await import('./findings/findings-view.tsx');
  return { default: view };
});
const FindingView = lazy(async () => {
  const { FindingView: view } = await import('./findings/finding-view.tsx');
  return { default: view };
});
const AlertsView = lazy(async () => {
  const { AlertsView: view } = await import('./alerts/alerts-view.tsx');
  return { default: view };
});
const RemediationsView = lazy(async () => {
  const { RemediationsView: view } = await import('./remediations/remediations-view.tsx');
  return { default: view };
});
const RemediationView = lazy(async () => {
  const { RemediationView: view } = await import('./remediations/remediation-view.tsx');
  return { default: view };
});
const ScansView = lazy(async () => {
  const { ScansView: view } = await import('./scans/scans-view.tsx');
  return { default: view };
});
const ScanView = lazy(async () => {
  const { ScanView: view } = await import('./scans/scan-view.tsx');
  return { default: view };
});
const ChecksView = lazy(async () => {
  const { ChecksView: view } = await import('./checks/checks-view.tsx');
  return { default: view };
});
const CheckView = lazy(async () => {
  const { CheckView: view } = await import('./checks/check-view.tsx');
  return { default: view };
});
const WhatIfView = lazy(async () => {
  const { WhatIfView: view } = await import('./what-if/what-if-view.tsx');
  return { default: view };
});
const SettingsView = lazy(async () => {
  const { SettingsView: view } = await import('./settings/settings-view.tsx');
  return { default: view };
});

/** The view that the address names. */
export function CurrentView({ route }: { readonly route: Route }) {
  return <Suspense fallback={<Loading lines={6} />}>{viewOf(route)}</Suspense>;
}

function viewOf(route: Route): ReactNode {
  switch (route.view) {
    case 'overview':
      return <Overview />;
    case 'clusters':
      return <ClustersView />;
    case 'cluster':
      return <ClusterView key={route.key} clusterKey={route.key} />;
    case 'findings':
      return <FindingsView />;
    case 'finding':
      return <FindingView key={route.fingerprint} fingerprint={route.fingerprint} />;
    case 'alerts':
      return <AlertsView />;
    case 'remediations':
      return <RemediationsView />;
    case 'remediation':
      return <RemediationView key={route.id} id={route.id} />;
    case 'scans':
      return <ScansView />;
    case 'scan':
      return <ScanView key={route.scanId} scanId={route.scanId} />;
    case 'checks':
      return <ChecksView />;
    case 'check':
      return <CheckView key={route.checkId} checkId={route.checkId} />;
    case 'what-if':
      return <WhatIfView />;
    case 'settings':
      return <SettingsView />;
    case 'nowhere':
      return <Nowhere path={route.path} />;
  }
}
