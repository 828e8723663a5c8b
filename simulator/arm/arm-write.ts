import type { Answer } from '../http/wire.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { type Row, isRow } from '../tenant/tenant.ts';
import { armErrors } from './arm-errors.ts';
import { lockedScopes } from './locks.ts';
import type { Operation } from './operation.ts';
import type { Target } from './target.ts';

/** How one type of resource is written and removed. */
export interface WrittenType {
  put(call: SignedCall, target: Target, action: string, estate: Estate): Answer;
  remove(call: SignedCall, target: Target, action: string, estate: Estate): Answer;
}

/** PUT or DELETE of one resource of the type, where no lock forbids it; undefined for other calls. */
export function writeOperation(
  call: SignedCall,
  target: Target,
  estate: Estate,
  type: string,
  written: WrittenType,
): Operation | undefined {
  const { method } = call;
  const isWrite = method === 'PUT' || method === 'DELETE';
  if (!isWrite || target.type !== type || target.kind !== 'one') return undefined;
  const verb = method === 'PUT' ? 'write' : 'delete';
  const action = `${target.writtenType}/${verb}`;
  return {
    action,
    scope: target.writtenScope,
    answer: () => {
      const locked = lockedScopes(estate.tenant, target.key, verb);
      if (locked.length > 0) return armErrors.scopeLocked(target.writtenScope, verb, locked);
      return method === 'PUT'
        ? written.put(call, target, action, estate)
        : written.remove(call, target, action, estate);
    },
  };
}

/** The `properties` of a body; undefined where it is no JSON or has none. */
export function writtenProperties(body: string): Row | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return isRow(json) && isRow(json['properties']) ? json['properties'] : undefined;
  } catch {
    // Not JSON: no properties either.
    return undefined;
  }
}
