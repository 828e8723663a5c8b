import type { ClusterDraft, Expected } from './cluster-draft.ts';
import { failMedium, pass, unknown } from './cluster-draft.ts';
import type { ComputesDraft } from './posture-draft.ts';
import type { PostureScenario, TruthByCheck } from './posture-scenarios.ts';
import { prefixesOfTag } from './service-tag-list.ts';
import { hasLegacyCompute, hasWorkspace } from './workspace-resources.ts';
import { withoutWorkspace } from './without-workspace.ts';

const office = '203.0.113.0/24';
const azureMachineLearning = 'AzureMachineLearning';

/** Ways to attach the cluster: `ml-compute-supported` and `ml-compute-attachable`. */
export const computeScenarios: readonly PostureScenario[] = [
  scenario(
    'attached-once',
    () => ({}),
    () => pass,
  ),
  scenario(
    'attached-by-two-workspaces',
    () => ({ second: 'ofAnotherWorkspace' }),
    ({ attachment }) => (attachment === 'v1' ? failMedium : pass),
  ),
  scenario(
    'attached-across-subscriptions',
    () => ({ second: 'ofAnotherSubscription' }),
    () => failMedium,
    ({ subscription, networkSubscription }) => subscription.id !== networkSubscription.id,
  ),
  scenario(
    'attached-by-both-types',
    () => ({ second: 'legacy' }),
    () => pass,
    // A v1 compute may serve inference too: nobody could say that there is no endpoint.
    ({ attachment, endpoint }) => attachment === 'v2' && endpoint.visibility !== 'none',
  ),
  scenario(
    'local-accounts-disabled',
    () => ({ localAccountsDisabled: true }),
    () => failMedium,
  ),
  scenario(
    'local-accounts-disabled-and-trusted',
    () => ({ localAccountsDisabled: true, isTrusted: true }),
    ({ attachment }) => (attachment === 'v1' ? failMedium : pass),
  ),
  scenario(
    'authorized-ranges-of-the-office',
    () => ({ authorizedRanges: [office] }),
    ({ conditions }) => (conditions.tagList ? failMedium : unknown),
    isPublic,
  ),
  scenario(
    'authorized-ranges-and-trusted',
    () => ({ authorizedRanges: [office], isTrusted: true }),
    ({ conditions, attachment }) => {
      if (attachment === 'v2') return pass;
      return conditions.tagList ? failMedium : unknown;
    },
    isPublic,
  ),
  scenario(
    'authorized-ranges-admit-azure-ml',
    () => ({ authorizedRanges: [office, ...prefixesOf(azureMachineLearning)] }),
    ({ conditions }) => (conditions.tagList ? pass : unknown),
    isPublic,
  ),
  scenario(
    'authorized-ranges-admit-some-of-azure-ml',
    () => ({ authorizedRanges: [office, ...prefixesOf(azureMachineLearning).slice(0, 1)] }),
    () => unknown,
    isPublic,
  ),
  withoutWorkspace('no-compute', 'ml-compute-supported', 'ml-compute-attachable'),
];

function scenario(
  name: string,
  more: () => Partial<ComputesDraft>,
  attachable: (draft: ClusterDraft) => Expected,
  fits: (draft: ClusterDraft) => boolean = () => true,
): PostureScenario {
  return {
    name,
    fits: (draft) => hasWorkspace(draft) && fits(draft),
    plant({ posture }) {
      Object.assign(posture.computes, more());
    },
    truth: (draft) => {
      // A v2 compute on a cluster with a service principal breaks a rule by itself.
      const isBroken = draft.attachment === 'v2' && draft.identity.kind === 'servicePrincipal';
      return both(
        hasLegacyCompute(draft) ? failMedium : pass,
        isBroken ? failMedium : attachable(draft),
      );
    },
  };
}

function both(supported: Expected, attachable: Expected): TruthByCheck {
  return { 'ml-compute-supported': supported, 'ml-compute-attachable': attachable };
}

function isPublic({ posture }: ClusterDraft): boolean {
  return !posture.apiServer.isPrivate;
}

/** Authorized ranges take IPv4 only. */
function prefixesOf(tag: string): readonly string[] {
  return prefixesOfTag(tag).filter((prefix) => !prefix.includes(':'));
}
