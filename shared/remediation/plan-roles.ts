import { deployerOnNetwork, deployerOnSubnet } from '../access/aks-permissions.ts';
import { builtInRoles } from '../access/built-in-roles.ts';
import type { RoleAssignment } from '../access/access-facts.ts';
import { holds } from '../access/effective-permissions.ts';
import type { PermissionAnswer } from '../access/permission-answer.ts';
import { customersSubnets } from '../checks/customers-subnets.ts';
import { distinct, distinctBy } from '../checks/judgement.ts';
import { controlPlaneNeeds } from '../checks/network-contributor-granted.ts';
import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import {
  type ResourceId,
  isWithin,
  nameOf,
  parentOf,
  resourceGroupIdOf,
} from '../model/resource-id.ts';
import { sha256 } from '../model/sha256.ts';
import {
  type Basis,
  type Plan,
  type PlanTerms,
  type Planned,
  canonical,
  ourMark,
  sealed,
  unplannedOf,
} from './plan.ts';
import { type FailingCheck, type JudgedCluster, keepsPassing } from './failing-check.ts';
import { networkContributorRole, remediationActions } from './remediation-actions.ts';
import { runsNow } from './refusals.ts';
import {
  type RoleToAssign,
  asAssignment,
  roleRemoval,
  roleSnippets,
  roleWrite,
} from './written-role.ts';

/** What a principal is asked to hold at a scope, and whether it does. */
interface Asked {
  readonly principalId: string;
  readonly scope: ResourceId;
  readonly answer: PermissionAnswer;
}

/**
 * Network Contributor for the control plane on the resource group of each network where it lacks what
 * AKS needs. A grant that works is never widened.
 */
export function planContributor(failing: FailingCheck, terms: PlanTerms): Planned {
  const { cluster } = failing;
  const { identity } = cluster;
  if (!identity.known) return unplannedOf(failing, 'It is not known who the control plane is.');
  const { principalId } = identity.value;
  const subnets = customersSubnets(cluster) ?? [];
  const asked = distinct(subnets.map(({ id }) => parentOf(id))).flatMap(
    (network): readonly Asked[] => {
      const scope = resourceGroupIdOf(network);
      if (scope === undefined) return [];
      const own = subnets.filter(({ id }) => parentOf(id) === network);
      const { guidance, minimum } = controlPlaneNeeds(scope, own, identity.value, cluster);
      const lacking = minimum.find(({ answer }) => answer.verdict !== 'granted');
      return lacking === undefined ? [] : [{ principalId, scope, answer: guidance.answer }];
    },
  );
  if (asked.length === 0) {
    const because =
      'The control plane can do what AKS needs; a grant that works is never widened without a person.';
    return unplannedOf(failing, because, roleSnippets(widening(failing, principalId, subnets)));
  }
  return planGrants(failing, distinctBy(asked), terms, 'ServicePrincipal');
}

/** What a person would assign to follow the guidance to the letter. */
function widening(
  failing: FailingCheck,
  principalId: string,
  subnets: readonly ClusterSubnet[],
): readonly RoleToAssign[] {
  const groups = distinct(subnets.flatMap(({ id }) => resourceGroupIdOf(parentOf(id)) ?? []));
  return groups.map((scope) => ({
    principalId,
    principalType: 'ServicePrincipal',
    role: networkContributorRole,
    scope,
    description: descriptionOf(failing),
  }));
}

function descriptionOf({ check, cluster }: FailingCheck): string {
  return `${ourMark}${check.id} of ${cluster.name}`;
}

/** Network Contributor for each deployer on each network that it cannot join. */
export function planDeployers(failing: FailingCheck, terms: PlanTerms): Planned {
  const { cluster, settings } = failing;
  const subnets = customersSubnets(cluster) ?? [];
  const networks = distinct(subnets.map(({ id }) => parentOf(id)));
  const asked = settings.deployers.flatMap(({ principalId }) =>
    networks.map((scope): Asked => {
      const onSubnets = subnets
        .filter(({ id }) => parentOf(id) === scope)
        .map(({ id }) => holds(deployerOnSubnet, principalId, id, cluster.access));
      const onNetwork = holds(deployerOnNetwork, principalId, scope, cluster.access);
      const lacking = [onNetwork, ...onSubnets].find(({ verdict }) => verdict !== 'granted');
      return { principalId, scope, answer: lacking ?? onNetwork };
    }),
  );
  return planGrants(failing, asked, terms);
}

function planGrants(
  failing: FailingCheck,
  asked: readonly Asked[],
  terms: PlanTerms,
  principalType?: RoleToAssign['principalType'],
): Planned {
  const { check, cluster } = failing;
  const lacking = asked.filter(({ answer }) => answer.verdict !== 'granted');
  const grants = lacking.map((one): RoleToAssign => {
    const type = principalType ?? knownTypeOf(one, cluster);
    return {
      principalId: one.principalId,
      ...(type === undefined ? {} : { principalType: type }),
      role: networkContributorRole,
      scope: one.scope,
      description: descriptionOf(failing),
    };
  });
  const refused = refusalOf(lacking) ?? runsNow(cluster);
  if (refused !== undefined) return unplannedOf(failing, refused, roleSnippets(grants));
  const changed = { ...failing, cluster: withGrants(cluster, grants) };
  const others = failing.others.filter(({ cluster: other }) => other.id !== cluster.id);
  const proof = {
    checkPasses: check.evaluate(changed.cluster, changed.settings).kind === 'pass',
    withinRequest: grants.every(
      ({ role, scope }) => builtInRoles.has(role.guid) && asked.some((one) => one.scope === scope),
    ),
    nothingDenied: true,
    othersKept: [failing, ...others].every((one) => keepsWithGrants(one, grants, failing)),
  };
  if (!proof.othersKept) {
    const because = 'Another check that passes today would no longer pass with this role.';
    return unplannedOf(failing, because, roleSnippets(grants));
  }
  if (!proof.checkPasses || !proof.withinRequest) {
    const because =
      'The role is needed, but the check would not pass with it alone: something else is unread or wrong.';
    return unplannedOf(failing, because, roleSnippets(grants));
  }
  const plan: Plan = sealed({
    checkId: check.id,
    clusterId: cluster.id,
    fingerprint: failing.fingerprint,
    kind: 'roleAssignments',
    approval: check.remediation !== 'automatic',
    summary: grants.map(summaryOf).join(' '),
    basis: grants.map((grant) => basisOf(grant, cluster)),
    changes: grants.map(roleWrite),
    diff: {
      newlyAllowed: [],
      newlyDenied: [],
      newlyGranted: grants.map(({ principalId, role, scope }) => ({
        principalId,
        role: role.roleName,
        scope,
      })),
    },
    permissions: remediationActions.roleAssignments,
    places: [],
    undo: grants.map(roleRemoval).toReversed(),
    snippets: roleSnippets(grants),
    proof,
    expiresAt: terms.expiresAt,
  });
  return { kind: 'plan', plan };
}

/** What nothing but the order in which it was read tells apart. */
function basisOf(grant: RoleToAssign, cluster: InferenceCluster): Basis {
  const held = heldAround(grant, cluster);
  return { id: grant.scope, digest: sha256(canonical(held.map(canonical).toSorted())) };
}

/**
 * What somebody holds over a scope or below it. What they hold elsewhere has no say, and is not read
 * where one cluster is.
 */
function heldAround(
  { scope, principalId }: Pick<RoleToAssign, 'scope' | 'principalId'>,
  { access }: InferenceCluster,
): readonly RoleAssignment[] {
  return access.assignments.filter((one) => {
    const isElsewhere =
      one.scope.startsWith('/subscriptions/') &&
      !isWithin(scope, one.scope) &&
      !isWithin(one.scope, scope);
    return one.principalId === principalId && !isElsewhere;
  });
}

const principalTypes = ['ServicePrincipal', 'User', 'Group'] as const;

/** What kind of principal somebody is, as what they hold there says; who assigns under a condition has to name it. */
function knownTypeOf(
  asked: Pick<RoleToAssign, 'scope' | 'principalId'>,
  cluster: InferenceCluster,
): RoleToAssign['principalType'] {
  const told = new Set(heldAround(asked, cluster).map(({ principalType }) => principalType));
  return principalTypes.find((type) => told.has(type));
}

/** What no role gives, and what nobody knows. */
function refusalOf(lacking: readonly Asked[]): string | undefined {
  if (lacking.length === 0) return 'Every role that the guidance asks for is there.';
  const open = lacking.find(({ answer }) => answer.verdict === 'unknown');
  if (open !== undefined) {
    return `It is not known what is held on ${nameOf(open.scope)} (${open.answer.missing.map(({ what }) => what).join(', ')}), so no role is given.`;
  }
  const denied = lacking.flatMap(({ answer }) => answer.deniedBy);
  const [first] = denied;
  return first === undefined
    ? undefined
    : `Deny assignment ${first.deny.name} takes it away, and no role gives it back.`;
}

function summaryOf({ principalId, role, scope }: RoleToAssign): string {
  return `Assign ${role.roleName} to ${principalId} on ${nameOf(scope)}.`;
}

function withGrants(cluster: InferenceCluster, grants: readonly RoleToAssign[]): InferenceCluster {
  const { access } = cluster;
  return {
    ...cluster,
    access: { ...access, assignments: [...access.assignments, ...grants.map(asAssignment)] },
  };
}

function keepsWithGrants(
  one: JudgedCluster,
  grants: readonly RoleToAssign[],
  { checks }: FailingCheck,
): boolean {
  return keepsPassing(one, withGrants(one.cluster, grants), checks);
}
