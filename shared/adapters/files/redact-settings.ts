import type { Settings } from '../../settings/settings.ts';
import type { Redaction } from './redact-words.ts';

/**
 * The settings that belong to a redacted estate: what they say of clusters, callers and scopes in the
 * names of the export. Reasons, people, tickets and where alerts go are left out.
 */
export function redactSettings(settings: Settings, redaction: Redaction) {
  const { callers, outbound, requirePrivateCluster, requireInternalLoadBalancer } = settings;
  const { scope, egress, onPremises, deployers, exemptions, policyExemptions } = settings;
  return {
    scope: {
      ...scope,
      managementGroups: scope.managementGroups.map((one) => idOrName(one, redaction)),
      subscriptions: scope.subscriptions.map((one) => idOrName(one, redaction)),
    },
    callers: perCluster(callers, redaction, (value) =>
      typeof value === 'string' ? value : value.flatMap((source) => redaction.sources(source)),
    ),
    outbound: perCluster(outbound, redaction, (value) => value),
    requirePrivateCluster: perCluster(requirePrivateCluster, redaction, (value) => value),
    requireInternalLoadBalancer: perCluster(
      requireInternalLoadBalancer,
      redaction,
      (value) => value,
    ),
    egress: {
      trustedAppliances: egress.trustedAppliances.flatMap((one) => redaction.sources(one)),
    },
    onPremises: onPremises.flatMap((one) => redaction.sources(one)),
    deployers: deployers.map(({ principalId }) => ({ principalId: redaction.guid(principalId) })),
    checks: settings.checks,
    exemptions: exemptions.map(({ check, scope: where, expiresOn }) => ({
      check,
      scope: redaction.id(where),
      reason: 'redacted',
      ...(expiresOn === undefined ? {} : { expiresOn }),
    })),
    policyExemptions: Object.fromEntries(
      Object.entries(policyExemptions).map(([definition, checks]) => [
        idOrName(definition, redaction),
        checks,
      ]),
    ),
    trustTags: settings.trustTags,
  };
}

type PerCluster<T> =
  | T
  | { readonly default?: T | undefined; readonly clusters: Readonly<Record<string, T>> };

function perCluster<T extends string | boolean | readonly string[]>(
  value: PerCluster<T> | undefined,
  redaction: Redaction,
  map: (value: T) => unknown,
): unknown {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || !('clusters' in value)) return map(value);
  return {
    ...(value.default === undefined ? {} : { default: map(value.default) }),
    clusters: Object.fromEntries(
      Object.entries(value.clusters).map(([cluster, one]) => [
        idOrName(cluster, redaction),
        map(one),
      ]),
    ),
  };
}

function idOrName(text: string, redaction: Redaction): string {
  return text.startsWith('/') ? redaction.id(text) : redaction.name(text);
}
