import { leastGrant } from '../access/least-grant.ts';
import type { Grant, PermissionAnswer } from '../access/permission-answer.ts';
import { type Assignee, assignmentCommand } from '../access/role-commands.ts';
import { type ResourceId, nameOf } from '../model/resource-id.ts';
import type { Evidence } from '../model/verdict.ts';
import { distinct, listed } from './judgement.ts';

/** One action set at one scope, and whether a principal holds it. */
export interface Need {
  readonly scope: ResourceId;
  readonly answer: PermissionAnswer;
}

/** Each grant that gives some of what was asked, once: assignment, role, patterns, scope and group. */
export function grantEvidence(needs: readonly Need[], who: string): readonly Evidence[] {
  const grants = Map.groupBy(
    needs.flatMap(({ answer }) => answer.via),
    ({ assignment }) => assignment.id,
  );
  return [...grants.values()].flatMap((same) => {
    const [grant] = same;
    if (grant === undefined) return [];
    const patterns = distinct(same.flatMap(({ gives }) => gives.map(({ pattern }) => pattern)));
    return [
      {
        at: grant.scope,
        rule: nameOf(grant.assignment.id),
        says: `role ${grant.roleName}, which gives ${listed(patterns)}, is assigned to ${grantee(grant, who)} at ${grant.scope}`,
      },
    ];
  });
}

/** One missing action, and what takes it away where something does. */
export function lackEvidence({ scope, answer }: Need, who: string): Evidence {
  const { lacking, cutBy, withheldBy } = answer;
  const action = lackingText(lacking);
  if (cutBy !== undefined) {
    const { deny, pattern } = cutBy;
    return {
      at: scope,
      rule: deny.name,
      says: `deny assignment ${deny.name} at ${deny.scope} takes ${action} away from ${who} with ${pattern}`,
    };
  }
  const [near] = withheldBy;
  const leftOut =
    near === undefined
      ? ''
      : `; role ${near.grant.roleName}, assigned at ${near.grant.scope}, leaves it out with the notAction ${near.notAction}`;
  return {
    at: scope,
    says: `no role assignment here or above gives ${who} ${action}${leftOut}`,
  };
}

/** The action itself, and what it stands for where no published operation was found to fit. */
export function lackingText(lacking: PermissionAnswer['lacking']): string {
  if (lacking === undefined) return 'an action';
  const { action, asked, isOperation } = lacking;
  return isOperation ? action : `all of ${asked} (an action like ${action}, say)`;
}

/** The least grant of the actions at a scope, in words and as a command. */
export function mendEvidence(
  actions: readonly string[],
  scope: ResourceId,
  assignee: Assignee,
): readonly Evidence[] {
  if (actions.length === 0) return [];
  const { builtIn, custom } = leastGrant(actions, scope);
  const ways = [
    ...(builtIn === undefined ? [] : [`role ${builtIn.role.roleName}`]),
    ...(custom === undefined ? [] : [`a custom role of ${listed(actions, 4)} and nothing else`]),
  ];
  if (ways.length === 0) return [];
  const command =
    builtIn === undefined ? undefined : assignmentCommand(assignee, builtIn.role.guid, scope);
  return [
    {
      at: scope,
      says: `the least that would give it here: ${ways.join(', or ')}${command === undefined ? '' : `; ${command}`}`,
    },
  ];
}

/** What mends a lack, in sentences: the grant, except for what deny assignments take away. */
export function mendTexts(
  lacking: readonly Need[],
  grant: string,
  denied: 'identity' | 'deployer',
): readonly string[] {
  const answers = lacking.map(({ answer }) => answer);
  const denials = distinct(
    answers.flatMap(({ deniedBy }) => deniedBy.map(({ deny }) => deny.name)),
  );
  return [
    ...(answers.some(({ notGiven }) => notGiven.length > 0) ? [grant] : []),
    ...denials.map(
      (name) =>
        `No role gives back what deny assignment ${name} takes away: it has to go, or to except the ${denied}.`,
    ),
  ];
}

function grantee({ through, groups }: Grant, who: string): string {
  if (through === undefined) return who;
  const way = groups.slice(0, -1);
  return `group ${through}, of which ${who} is a member${way.length === 0 ? '' : ` through ${way.map((group) => `group ${group}`).join(', ')}`}`;
}
