import { type ResourceId, isWithin, resourceId } from '../model/resource-id.ts';
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
  const found = settings.exemptions.find(
    ({ check, scope, expiresOn }) =>
      (check === '*' || check === checkId) &&
      isWithin(clusterId, resourceId(scope)) &&
      (expiresOn === undefined || today <= expiresOn),
  );
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
  for (const setting of perClusterKeys) {
    const path = `${setting}.clusters`;
    const seen = new Map<string, string>();
    for (const key of Object.keys(exceptionsOf(settings[setting]))) {
      const twin = seen.get(matchKey(key));
      seen.set(matchKey(key), key);
      const matched = clusters.filter((cluster) => matchLength(key, cluster) > 0);
      if (twin !== undefined) {
        const says = `means the same as ${JSON.stringify(twin)}; keep one of them`;
        problems.push({ path, value: JSON.stringify(key), says });
      } else if (!isScope(key) && matched.length > 1) {
        const ids = matched.map(({ id }) => id).sort();
        const says = `is the name of ${ids.length} clusters; write the id of the one you mean: ${ids.join(', ')}`;
        problems.push({ path, value: JSON.stringify(key), says });
      } else if (matched.length === 0) {
        const near = isScope(key) ? [] : nearestFew(key, names, 3);
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
    if (!clusters.some(({ id }) => isWithin(id, resourceId(scope)))) {
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
  const [own = '', ...above] = scopesOf(cluster.id);
  const key = [own, cluster.name.toLowerCase(), ...above].find((one) => keys.has(one));
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

/** The id and every scope above it, by whole path segments, the deepest first. */
function scopesOf(id: ResourceId): readonly string[] {
  const segments = id.split('/');
  const scopes = segments.map((_, at) => segments.slice(0, segments.length - at).join('/'));
  return scopes.map((scope) => (scope === '' ? '/' : scope));
}

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

/** How much of the cluster a key names, in characters of its id; 0 where it does not fit. */
function matchLength(key: string, cluster: NamedCluster): number {
  const wanted = matchKey(key);
  if (isScope(key)) {
    const scope = resourceId(key);
    if (!isWithin(cluster.id, scope)) return 0;
    // A full id must beat the bare name, which stands for the whole id.
    return scope === cluster.id ? cluster.id.length + 1 : scope.length;
  }
  return cluster.name.toLowerCase() === wanted ? cluster.id.length : 0;
}

function callersOf(value: 'none' | readonly string[]): Callers {
  if (value === 'none') return { kind: 'none' };
  return value.length === 0 ? { kind: 'notConfigured' } : { kind: 'listed', sources: value };
}
