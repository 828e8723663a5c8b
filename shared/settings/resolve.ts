import { type ResourceId, resourceId, scopesOf } from '../model/resource-id.ts';
import { nearestFew } from './nearest.ts';
import type { Callers, ClusterSettings } from './cluster-settings.ts';
import type { Settings } from './settings.ts';
import { callersTag, taggedCallers } from './tagged-callers.ts';
import type { SettingsProblem } from './settings-problems.ts';

/** As much of a cluster as settings can name. */
export interface NamedCluster {
  readonly id: ResourceId;
  readonly name: string;
  /** The value of the tag `portcullis:callers`, where the cluster bears it. */
  readonly callersTag?: string;
}

/** Why a failure does not count, as the report shows it. */
export interface Exemption {
  readonly reason: string;
  readonly approvedBy: string | null;
  readonly ticket: string | null;
  /** The last day on which it holds, `YYYY-MM-DD` in UTC; null: for good. */
  readonly expiresOn: string | null;
  readonly source: 'settings' | 'policy';
}

const perClusterKeys = [
  'callers',
  'outbound',
  'requirePrivateCluster',
  'requireInternalLoadBalancer',
] as const;

/**
 * The settings as they hold for one cluster. Of several keys that fit, the longest match wins: the
 * cluster's full id, then its bare name (which stands for the whole id), then the deepest scope above.
 * Tags say who calls only where the settings trust them and do not say it themselves.
 */
export function settingsFor(cluster: NamedCluster, settings: Settings): ClusterSettings {
  const callers = callersOf(valueFor(cluster, settings.callers, []));
  return {
    callers: callers.kind === 'notConfigured' ? callersByTag(cluster, settings) : callers,
    outbound: valueFor(cluster, settings.outbound, 'keepDefaults'),
    requirePrivateCluster: valueFor(cluster, settings.requirePrivateCluster, false),
    requireInternalLoadBalancer: valueFor(cluster, settings.requireInternalLoadBalancer, false),
    trustedAppliances: settings.egress.trustedAppliances,
    onPremises: settings.onPremises,
    deployers: settings.deployers.map(({ principalId, label }) =>
      label === undefined ? { principalId } : { principalId, label },
    ),
    checks: Object.fromEntries(
      Object.entries(settings.checks).map(([id, { enabled, severity }]) => [
        id,
        severity === undefined ? { enabled } : { enabled, severity },
      ]),
    ),
  };
}

function callersByTag({ callersTag }: NamedCluster, { trustTags }: Settings): Callers {
  if (!trustTags || callersTag === undefined) return { kind: 'notConfigured' };
  const tagged = taggedCallers(callersTag);
  return tagged.ok ? tagged.callers : { kind: 'notConfigured' };
}

/** The exemption that covers a check on a cluster on the day `today` (`YYYY-MM-DD`, UTC): the first in the file. */
export function exemptionFor(
  checkId: string,
  clusterId: ResourceId,
  settings: Settings,
  today: string,
): Exemption | null {
  const byScope = exemptionsByScope(settings.exemptions);
  const [found] = scopesOf(clusterId)
    .flatMap((scope) => byScope.get(scope) ?? [])
    .filter(
      ({ check, expiresOn }) =>
        (check === '*' || check === checkId) && (expiresOn === undefined || today <= expiresOn),
    )
    .toSorted((a, b) => a.index - b.index);
  return found === undefined
    ? null
    : {
        reason: found.reason,
        approvedBy: found.approvedBy ?? null,
        ticket: found.ticket ?? null,
        expiresOn: found.expiresOn ?? null,
        source: 'settings',
      };
}

type Indexed = Settings['exemptions'][number] & { readonly index: number };

/** Exemptions by their scope, made once: they are looked up for every verdict. */
function exemptionsByScope(
  exemptions: Settings['exemptions'],
): ReadonlyMap<ResourceId, readonly Indexed[]> {
  const before = exemptionsMade.get(exemptions);
  if (before !== undefined) return before;
  const made = Map.groupBy(
    exemptions.map((exemption, index): Indexed => ({ ...exemption, index })),
    ({ scope }) => resourceId(scope),
  );
  exemptionsMade.set(exemptions, made);
  return made;
}

const exemptionsMade = new WeakMap<object, ReadonlyMap<ResourceId, readonly Indexed[]>>();

/** For no more keys that fit nothing is a name searched that may be meant: each is held against all. */
const hintedKeys = 20;

/**
 * What the settings say of clusters, held against the clusters there are: a name that several
 * clusters bear, or two keys for the same thing, is a problem; a key that fits none is a warning.
 */
export function checkNames(
  settings: Settings,
  clusters: readonly NamedCluster[],
): { readonly problems: readonly SettingsProblem[]; readonly warnings: readonly string[] } {
  const problems: SettingsProblem[] = [];
  const warnings: string[] = [];
  const names = clusters.map(({ name }) => name);
  const named = Map.groupBy(clusters, ({ name }) => name.toLowerCase());
  const scopes = new Set<string>(clusters.flatMap(({ id }) => scopesOf(id)));
  let unmatched = 0;
  for (const setting of perClusterKeys) {
    const path = `${setting}.clusters`;
    const seen = new Map<string, string>();
    for (const key of Object.keys(exceptionsOf(settings[setting]))) {
      const wanted = matchKey(key);
      const twin = seen.get(wanted);
      seen.set(wanted, key);
      const matched = isScope(key) ? [] : (named.get(wanted) ?? []);
      if (twin !== undefined) {
        const says = `means the same as ${JSON.stringify(twin)}; keep one of them`;
        problems.push({ path, value: JSON.stringify(key), says });
      } else if (matched.length > 1) {
        const ids = matched.map(({ id }) => id).sort();
        const says = `is the name of ${ids.length} clusters; write the id of the one you mean: ${ids.join(', ')}`;
        problems.push({ path, value: JSON.stringify(key), says });
      } else if (isScope(key) ? !scopes.has(wanted) : matched.length === 0) {
        unmatched += 1;
        const near = isScope(key) || unmatched > hintedKeys ? [] : nearestFew(key, names, 3);
        const hint = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
        warnings.push(`${path} names ${JSON.stringify(key)}, which fits no cluster${hint}`);
      }
    }
  }
  if (settings.trustTags) {
    for (const cluster of clusters) {
      const tagged =
        cluster.callersTag === undefined ? undefined : taggedCallers(cluster.callersTag);
      if (tagged?.ok === false) {
        warnings.push(`the tag ${callersTag} of ${cluster.id} is not used: ${tagged.problem}`);
      }
    }
  }
  settings.exemptions.forEach(({ scope }, index) => {
    if (!scopes.has(resourceId(scope))) {
      warnings.push(`exemptions[${index}].scope ${JSON.stringify(scope)} fits no cluster`);
    }
  });
  return { problems, warnings };
}

type PerCluster<T> = T | { readonly default: T; readonly clusters: Readonly<Record<string, T>> };

function valueFor<T extends string | boolean | readonly string[]>(
  cluster: NamedCluster,
  setting: PerCluster<T>,
  fallback: T,
): T {
  if (!isSplit(setting)) return setting;
  const keys = keysOf(setting.clusters);
  const [own, ...above] = scopesOf(cluster.id);
  const key = [own ?? '', cluster.name.toLowerCase(), ...above].find((one) => keys.has(one));
  const written = key === undefined ? undefined : keys.get(key);
  return written === undefined
    ? (setting.default ?? fallback)
    : (setting.clusters[written] ?? fallback);
}

/** Keys as they are matched, each with how it was first written: a tenant's settings name many clusters. */
function keysOf(clusters: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const before = keysMade.get(clusters);
  if (before !== undefined) return before;
  // Of two keys for one thing the first holds.
  const made = new Map(
    Object.keys(clusters)
      .toReversed()
      .map((key) => [matchKey(key), key]),
  );
  keysMade.set(clusters, made);
  return made;
}

const keysMade = new WeakMap<object, ReadonlyMap<string, string>>();

function isSplit<T>(
  setting: PerCluster<T>,
): setting is { readonly default: T; readonly clusters: Readonly<Record<string, T>> } {
  return typeof setting === 'object' && setting !== null && 'clusters' in setting;
}

function exceptionsOf(setting: PerCluster<unknown>): Readonly<Record<string, unknown>> {
  return isSplit(setting) ? setting.clusters : {};
}

function isScope(key: string): boolean {
  return key.includes('/');
}

function matchKey(key: string): string {
  return isScope(key) ? resourceId(key) : key.trim().toLowerCase();
}

function callersOf(value: 'none' | readonly string[]): Callers {
  if (value === 'none') return { kind: 'none' };
  return value.length === 0 ? { kind: 'notConfigured' } : { kind: 'listed', sources: value };
}
