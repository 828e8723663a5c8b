import type { ClusterDraft, Expected } from './cluster-draft.ts';
import {
  failHigh,
  failInfo,
  failLow,
  failMedium,
  notApplicable,
  pass,
  unknown,
} from './cluster-draft.ts';
import type { ApiServerDraft } from './posture-draft.ts';
import type { PostureScenario } from './posture-scenarios.ts';
import { hasLegacyCompute } from './workspace-resources.ts';

/** Ways to reach the API server: `private-cluster` and `private-cluster-without-public-fqdn`. */
export const apiServerScenarios: readonly PostureScenario[] = [
  privateServer('private-without-public-name', () => pass, {
    hasPublicName: false,
    publicNameFlag: false,
  }),
  privateServer('private-without-public-name-unsaid', () => pass, { hasPublicName: false }),
  privateServer('private-with-public-name', failOfName, { publicNameFlag: true }),
  privateServer('private-with-public-name-unsaid', failOfName, {}),
  privateServer('private-with-public-name-only', failOfName, {
    publicNameFlag: true,
    privateDnsZone: 'none',
  }),
  privateServer('private-names-not-exported', () => unknown, {
    hasPublicName: false,
    hasPrivateName: false,
  }),
  publicServer('public-api-server', false, failInfo),
  publicServer('public-although-private-is-required', true, failMedium),
];

/** The name matters where a v1 compute attaches the cluster, and somebody can read that. */
function failOfName(draft: ClusterDraft): Expected {
  return hasLegacyCompute(draft) ? failHigh : failLow;
}

function privateServer(
  name: string,
  ofName: (draft: ClusterDraft) => Expected,
  more: Partial<ApiServerDraft>,
): PostureScenario {
  return {
    name,
    plant({ posture, random }) {
      Object.assign(posture.apiServer, { isPrivate: true, hasPrivateName: true, ...more });
      posture.requirePrivateCluster = random.chance(0.5);
    },
    truth: (draft) => ({
      'private-cluster': pass,
      'private-cluster-without-public-fqdn': ofName(draft),
    }),
  };
}

function publicServer(name: string, required: boolean, expected: Expected): PostureScenario {
  return {
    name,
    plant({ posture }) {
      posture.requirePrivateCluster = required;
    },
    truth: () => ({
      'private-cluster': expected,
      'private-cluster-without-public-fqdn': notApplicable,
    }),
  };
}
