import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { AzureError } from './azure-error.ts';

/**
 * Lets requests go to the cloud's own hosts alone: a link in an answer, or a redirection, that leads
 * elsewhere would take our token along.
 */
export function ownHostsPolicy(hosts: readonly string[]): PipelinePolicy {
  const own = new Set(hosts.map((host) => new URL(host).origin));
  return {
    name: 'portcullisOwnHosts',
    sendRequest(request, next) {
      const { origin, host } = new URL(request.url);
      if (own.has(origin)) return next(request);
      return Promise.reject(
        new AzureError('refused', `the next page lies on another host, ${host}`),
      );
    },
  };
}
