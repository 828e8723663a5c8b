import type { ResourceId } from '../../shared/model/resource-id.ts';
import type { Judgement, VerdictKind } from '../../shared/model/verdict.ts';

/** A judgement with one piece of evidence. */
export function judged(kind: VerdictKind, at: ResourceId): Judgement {
  return {
    kind,
    summary: `It is ${kind}.`,
    evidence: [{ at, says: `it is ${kind}` }],
    missing: [],
  };
}
