import { type ResourceId, resourceId } from '../model/resource-id.ts';

/** The network managers that ids anywhere in a value belong to. */
export function networkManagersIn(value: unknown): readonly ResourceId[] {
  const written = JSON.stringify(value).toLowerCase();
  const ids = written.match(/"[^"]*\/networkmanagers\/[^"/]+/g) ?? [];
  return [...new Set(ids.map((id) => resourceId(id.slice(1))))];
}
