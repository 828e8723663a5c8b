import { notApplicable, unknown } from './cluster-draft.ts';
import { computesType } from './inbound-scenarios.ts';
import type { PostureScenario } from './posture-scenarios.ts';
import { hasWorkspace } from './workspace-resources.ts';

/** What is true of checks of a workspace where none attaches the cluster, or nobody could read which. */
export function withoutWorkspace(name: string, ...checkIds: readonly string[]): PostureScenario {
  return {
    name,
    fits: (draft) => !hasWorkspace(draft),
    plant() {},
    truth: ({ conditions }) => {
      const said = conditions.unread.includes(computesType) ? unknown : notApplicable;
      return Object.fromEntries(checkIds.map((id) => [id, said]));
    },
  };
}
