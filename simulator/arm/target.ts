import { keyOf } from '../tenant/azure-id.ts';

/** What a path of Resource Manager names: one thing, or the things of a type under a scope. */
export interface Target {
  readonly kind: 'one' | 'list';
  /** The id that the path is; of a list, that of the scope or parent it stands under. */
  readonly key: string;
  /** Lower-cased. */
  readonly type: string;
  /** As the caller wrote it, for messages: `Microsoft.Network/networkSecurityGroups`. */
  readonly writtenType: string;
  /** The path as the caller wrote it, up to `key`. */
  readonly writtenScope: string;
}

/** Reads a path by its parts; undefined where it has no form that Resource Manager knows. */
export function targetOf(segments: readonly string[]): Target | undefined {
  const lowered = segments.map((segment) => segment.toLowerCase());
  const providers = lowered.lastIndexOf('providers');
  if (providers >= 0) return withinProvider(segments, providers);
  const [first, , third] = lowered;
  if (first !== 'subscriptions' || segments.length > 4) return undefined;
  if (segments.length > 2 && third !== 'resourcegroups') return undefined;
  const grouped = segments.length > 2;
  return target(
    segments,
    segments.length % 2 === 0,
    grouped
      ? 'Microsoft.Resources/subscriptions/resourceGroups'
      : 'Microsoft.Resources/subscriptions',
  );
}

function withinProvider(segments: readonly string[], providers: number): Target | undefined {
  const [namespace, ...pairs] = segments.slice(providers + 1);
  if (namespace === undefined || pairs.length === 0) return undefined;
  const names = pairs.filter((_, index) => index % 2 === 0);
  const one = pairs.length % 2 === 0;
  // A list at the top of a namespace stands under the scope before `providers`.
  const scope = pairs.length === 1 ? segments.slice(0, providers) : segments;
  const writtenType = [namespace, ...names].join('/');
  return pairs.length === 1
    ? {
        kind: 'list',
        key: keyOf(scope.join('/')),
        type: writtenType.toLowerCase(),
        writtenType,
        writtenScope: `/${scope.join('/')}`,
      }
    : target(segments, one, writtenType);
}

function target(segments: readonly string[], one: boolean, writtenType: string): Target {
  const scope = one ? segments : segments.slice(0, -1);
  return {
    kind: one ? 'one' : 'list',
    key: keyOf(scope.join('/')),
    type: writtenType.toLowerCase(),
    writtenType,
    writtenScope: `/${scope.join('/')}`,
  };
}
