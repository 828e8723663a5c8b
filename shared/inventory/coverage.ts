import { z } from 'zod';
import { resourceId, subscriptionIdOf } from '../model/resource-id.ts';
import type { Gap, Scope } from '../ports.ts';
import type { ResourceType } from './resource-types.ts';
import { resourceTypeNamed } from './row-type.ts';

/** What an export says it has read: the row of type `portcullis/manifest`. */
export const manifestSchema = z.object({
  takenAt: z.string().optional(),
  /**
   * Subscription GUIDs or ids limit the manifest to these subscriptions. A management group's id, `/`
   * or an empty list covers every subscription of the estate: which subscriptions lie below a group
   * is for the exporter to know. A resource group's id covers no subscription.
   */
  scopes: z.array(z.string()).default([]),
  types: z.array(z.string()),
  authorizationScopeFilter: z.string().optional(),
  /** What the exporter tried to read within those scopes and could not. */
  gaps: z
    .array(
      z.object({
        type: z.string().optional(),
        scope: z.string(),
        what: z.string(),
        why: z.string(),
      }),
    )
    .default([]),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What an estate holds, as far as absence is concerned. */
export interface EstateContents {
  readonly manifests: readonly Manifest[];
  /** The types of which there is at least one row. */
  readonly types: ReadonlySet<ResourceType>;
  /** The subscriptions in which there is at least one row, lower-cased GUIDs. */
  readonly subscriptions: ReadonlySet<string>;
}

/** How the inventory was read: `strict` takes nothing unread as empty. */
export interface Reading {
  readonly offline: boolean;
  readonly strict: boolean;
}

/** Types whose absence proves nothing, so that nobody need have looked for them. */
const provesNothing: ReadonlySet<ResourceType> = new Set<ResourceType>([
  'microsoft.network/servicetags',
  'portcullis/assignedto',
]);

/** Where role assignments inherited from management groups would be found. */
const managementGroupsScope = '/providers/microsoft.management/managementgroups';

/**
 * Types whose rows belong to the tenant, although some ids begin with the subscription they were
 * listed from: custom roles are shared by subscriptions, and the service tag list is the same in all.
 */
const tenantTypes: ReadonlySet<ResourceType> = new Set<ResourceType>([
  'microsoft.authorization/roledefinitions',
  'microsoft.graph/groups',
  'microsoft.graph/serviceprincipals',
  'microsoft.network/servicetags',
]);

/** What offline estates may leave out, and the words for it. */
const assumedEmpty: ReadonlyMap<ResourceType, string> = new Map<ResourceType, string>([
  ['microsoft.authorization/denyassignments', 'deny assignments'],
  ['microsoft.authorization/locks', 'locks'],
  ['microsoft.authorization/policyexemptions', 'policy exemptions'],
  ['microsoft.network/effectivesecurityadminrules', 'security admin rules of network managers'],
  ['microsoft.resources/deploymentstacks', 'deployment stacks'],
  ['microsoft.resources/subscriptions/resourcegroups', 'resource groups that something manages'],
]);

/** Whether rows of the type are read per tenant, whatever subscription their ids name. */
export function isTenantWide(type: ResourceType): boolean {
  return tenantTypes.has(type);
}

/** The GUID of a subscription given as a GUID or an id, lower-cased. */
export function subscriptionGuid(subscription: string): string {
  const id = resourceId(subscription);
  return subscriptionIdOf(id) ?? id;
}

/**
 * A gap for everything among `types` that the estate does not prove to have been read. A type was
 * read if a manifest lists it and covers the subscription, or, without a manifest, if the estate
 * holds a row of it. The service tag list may be absent, for its absence proves nothing. Role
 * assignments inherited from management groups come only with a wider filter than Resource Graph's
 * own (`AtScopeAndBelow`), so without a manifest that says so they count as unread. Those below a
 * subscription come with `AtScopeAndBelow` and `AtScopeAboveAndBelow` alone.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language
 */
export function coverageGaps(
  contents: EstateContents,
  types: readonly ResourceType[],
  scope: Scope,
): readonly Gap[] {
  const wanted = scope.subscriptions?.map(subscriptionGuid);
  const subscriptions = [...new Set(wanted ?? contents.subscriptions)].toSorted();
  const asked = types.filter((type) => !provesNothing.has(type));
  const gaps =
    contents.manifests.length > 0
      ? gapsOfManifests(contents.manifests, asked, subscriptions)
      : gapsOfRows(contents, asked, subscriptions);
  return [
    ...contents.manifests.flatMap((manifest) => toldGaps(manifest, types)),
    ...gaps,
    ...managementGroupGaps(contents, asked),
    ...belowSubscriptionGaps(contents, asked, subscriptions),
  ];
}

/** A type that no audit knows hides nothing an audit asks for. */
function toldGaps(manifest: Manifest, types: readonly ResourceType[]): readonly Gap[] {
  return manifest.gaps.flatMap(({ type: written, scope, what, why }): readonly Gap[] => {
    const gap = { kind: 'gap', scope, what, why, tried: true } as const;
    if (written === undefined) return [gap];
    const type = resourceTypeNamed(written);
    return type !== undefined && types.includes(type) ? [{ ...gap, type }] : [];
  });
}

function gapsOfRows(
  contents: EstateContents,
  types: readonly ResourceType[],
  subscriptions: readonly string[],
): readonly Gap[] {
  const unread = subscriptions
    .filter((subscription) => !contents.subscriptions.has(subscription))
    .map((subscription) =>
      subscriptionGap(subscription, 'the estate has no row of this subscription and no manifest'),
    );
  const missing = types
    .filter((type) => !contents.types.has(type))
    .map((type) =>
      typeGap(
        type,
        '/',
        'the estate has no row of this type and no manifest that says it was read',
      ),
    );
  return [...unread, ...missing];
}

function gapsOfManifests(
  manifests: readonly Manifest[],
  types: readonly ResourceType[],
  subscriptions: readonly string[],
): readonly Gap[] {
  const read = manifests.map(readingOf);
  const covered = subscriptions.filter((subscription) =>
    read.some((one) => one.covers(subscription)),
  );
  const unread = subscriptions
    .filter((subscription) => !covered.includes(subscription))
    .map((subscription) =>
      subscriptionGap(subscription, 'no manifest of the estate has it among its scopes'),
    );
  const missing = types.flatMap((type) => {
    const readers = read.filter((one) => one.types.has(type));
    if (readers.length === 0)
      return [typeGap(type, '/', 'no manifest of the estate lists this type')];
    if (isTenantWide(type)) return [];
    return covered
      .filter((subscription) => !readers.some((one) => one.covers(subscription)))
      .map((subscription) =>
        typeGap(
          type,
          `/subscriptions/${subscription}`,
          'no manifest that covers this subscription lists this type',
        ),
      );
  });
  return [...unread, ...missing];
}

function managementGroupGaps(
  contents: EstateContents,
  types: readonly ResourceType[],
): readonly Gap[] {
  const type = 'microsoft.authorization/roleassignments';
  if (!types.includes(type)) return [];
  const readers = contents.manifests.filter((manifest) => readingOf(manifest).types.has(type));
  const wasRead = contents.manifests.length === 0 ? contents.types.has(type) : readers.length > 0;
  const narrow = readers.find((manifest) => !reachesUp(manifest));
  if (!wasRead || (readers.length > 0 && narrow === undefined)) return [];
  const filter = narrow?.authorizationScopeFilter;
  return [
    {
      kind: 'gap',
      type,
      scope: managementGroupsScope,
      what: 'role assignments inherited from management groups',
      why:
        filter === undefined
          ? 'no manifest says that they were exported with authorizationScopeFilter AtScopeAboveAndBelow'
          : `the export was made with authorizationScopeFilter ${filter}, not AtScopeAboveAndBelow`,
    },
  ];
}

/** Filters that leave out whatever is assigned at resource groups and resources. */
function belowSubscriptionGaps(
  contents: EstateContents,
  types: readonly ResourceType[],
  subscriptions: readonly string[],
): readonly Gap[] {
  const type = 'microsoft.authorization/roleassignments';
  if (!types.includes(type)) return [];
  const readers = contents.manifests.filter((manifest) => readingOf(manifest).types.has(type));
  return subscriptions.flatMap((subscription) => {
    const own = readers.filter((manifest) => readingOf(manifest).covers(subscription));
    const [shallow] = own;
    if (shallow === undefined || own.some(reachesDown)) return [];
    return [
      {
        kind: 'gap',
        type,
        scope: `/subscriptions/${subscription}`,
        what: 'role assignments below the subscription',
        why: `the export was made with authorizationScopeFilter ${shallow.authorizationScopeFilter ?? ''}, not AtScopeAboveAndBelow`,
      } as const,
    ];
  });
}

function reachesUp(manifest: Manifest): boolean {
  const filter = manifest.authorizationScopeFilter?.toLowerCase();
  return filter === 'atscopeaboveandbelow' || filter === 'atscopeandabove';
}

/** Resource Graph's own filter, where a manifest names none, is `AtScopeAndBelow`. */
function reachesDown(manifest: Manifest): boolean {
  const filter = manifest.authorizationScopeFilter?.toLowerCase();
  return filter !== 'atscopeandabove' && filter !== 'atscopeexact';
}

function readingOf(manifest: Manifest): {
  readonly types: ReadonlySet<ResourceType | undefined>;
  covers(subscription: string): boolean;
} {
  const scopes = manifest.scopes.map(resourceId);
  const everywhere = scopes.length === 0 || scopes.some(isAboveSubscriptions);
  return {
    types: new Set(manifest.types.map(resourceTypeNamed)),
    covers: (subscription) =>
      everywhere ||
      scopes.some((scope) => scope === subscription || scope === `/subscriptions/${subscription}`),
  };
}

function isAboveSubscriptions(scope: string): boolean {
  return scope === '/' || scope.startsWith(`${managementGroupsScope}/`);
}

function typeGap(type: ResourceType, scope: string, why: string): Gap {
  return { kind: 'gap', type, scope, what: assumedEmpty.get(type) ?? `rows of ${type}`, why };
}

function subscriptionGap(subscription: string, why: string): Gap {
  const scope = `/subscriptions/${subscription}`;
  return { kind: 'gap', scope, what: `the resources of subscription ${subscription}`, why };
}

/**
 * The gaps that stand, and a sentence for each type that an offline estate may leave out and that
 * is taken as empty instead; rows that are there and could not be placed are gaps. Live, or with
 * `strict`, every gap stands. Of types that were not `asked` for nothing is said.
 */
export function assume(
  gaps: readonly Gap[],
  reading: Reading,
  asked?: ReadonlySet<ResourceType>,
): { readonly gaps: readonly Gap[]; readonly assumptions: readonly string[] } {
  const scopesByType = new Map<ResourceType, Set<string>>();
  const standing = gaps.filter((gap) => {
    if (gap.tried === true || isOfRows(gap)) return true;
    const assumed = [...assumedEmpty.keys()].filter(
      (type) =>
        isAssumedEmpty(type, reading) &&
        (gap.type === type || (gap.type === undefined && asked?.has(type) !== false)),
    );
    for (const type of assumed) {
      scopesByType.set(type, (scopesByType.get(type) ?? new Set()).add(gap.scope));
    }
    return gap.type === undefined || assumed.length === 0;
  });
  const assumptions = [...scopesByType].map(([type, scopes]) => assumption(type, scopes));
  return { gaps: standing, assumptions: assumptions.toSorted() };
}

/** Whether there are rows, in a file, that could not be placed: what exists is not taken as none. */
function isOfRows({ type, scope }: Gap): boolean {
  return type !== undefined && !scope.startsWith('/');
}

/** Whether what nobody read of this type is taken as none; `assume` says so in words. */
export function isAssumedEmpty(type: ResourceType, { offline, strict }: Reading): boolean {
  return offline && !strict && assumedEmpty.has(type);
}

function assumption(type: ResourceType, scopes: ReadonlySet<string>): string {
  const where = scopes.has('/') ? '' : ` in ${[...scopes].toSorted().join(', ')}`;
  return `The estate does not say whether there are ${assumedEmpty.get(type)}${where}: taken as none. With --strict, what depends on them is unknown.`;
}
