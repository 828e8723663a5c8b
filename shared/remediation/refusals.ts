import type { InferenceCluster } from '../facts/inference-cluster.ts';

/**
 * Why nothing is changed for a cluster at the moment; undefined while it runs. What is being made,
 * changed or started again looks ill for a while without being it.
 */
export function runsNow({
  provisioningState = 'Succeeded',
  powerState = 'Running',
}: InferenceCluster): string | undefined {
  if (powerState !== 'Running') return whileItIs(powerState);
  return provisioningState === 'Succeeded' ? undefined : whileItIs(provisioningState);
}

function whileItIs(state: string): string {
  return `The cluster is ${state}; nothing is changed for it until it runs.`;
}
