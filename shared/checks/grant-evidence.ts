import type { Grant, PermissionAnswer } from '../access/effective-permissions.ts';
import { type ResourceId, nameOf } from '../model/resource-id.ts';
import type { Evidence } from '../model/verdict.ts';

/** One action set at one scope, and whether a principal holds it. */
export interface Need {
  readonly scope: ResourceId;
  readonly answer: PermissionAnswer;
}

/** What takes an action away from a principal, or that nothing gives it. */
export function lackEvidence({ scope, answer: { lacking, cutBy } }: Need, who: string): Evidence {
  const action = lacking ?? 'an action';
  return cutBy === undefined
    ? { at: scope, says: `no role assignment here or above gives ${who} ${action}` }
    : {
        at: scope,
        rule: cutBy.name,
        says: `deny assignment ${cutBy.name} at ${cutBy.scope} takes ${action} away from ${who}`,
      };
}

/** The role assignments that give a principal something of what was asked, each once. */
export function grantEvidence(needs: readonly Need[], who: string): readonly Evidence[] {
  const grants = needs.flatMap(({ answer }) => answer.via);
  const byId = new Map(grants.map((grant) => [grant.assignment.id, grant]));
  return [...byId.values()].map((grant) => ({
    at: grant.scope,
    rule: nameOf(grant.assignment.id),
    says: `role ${grant.roleName} is assigned to ${grantee(grant, who)} at ${grant.scope}`,
  }));
}

function grantee({ through }: Grant, who: string): string {
  return through === undefined ? who : `group ${through}, of which ${who} is a member`;
}
