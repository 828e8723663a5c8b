import type { ResourceId } from '../model/resource-id.ts';
import {
  type Evidence,
  type Judgement,
  type Listing,
  type Missing,
  type Severity,
  type VerdictKind,
  compareSeverity,
  verdictKinds,
} from '../model/verdict.ts';
import { keptBy } from './kept-by.ts';

/** What one part of a cluster (an endpoint, a subnet, a network) says. */
export type Part = Judgement;

export function pass(summary: string, evidence: readonly Evidence[] = []): Part {
  return { kind: 'pass', summary, evidence, missing: [] };
}

export function fail(
  severity: Severity,
  summary: string,
  evidence: readonly Evidence[],
  missing: readonly Missing[] = [],
): Part {
  return { kind: 'fail', severity, summary, evidence, missing };
}

export function unknownPart(
  missing: readonly Missing[],
  summary = `It cannot be told without ${listed(missing.map(({ what }) => what))}.`,
  evidence: readonly Evidence[] = [],
): Part {
  return { kind: 'unknown', summary, evidence, missing };
}

export function notApplicable(summary: string, evidence: readonly Evidence[] = []): Part {
  return { kind: 'notApplicable', summary, evidence, missing: [] };
}

/**
 * One judgement of many parts: the worst decides (fail by severity, then unknown, then pass, then
 * not applicable), its summary stands, and the evidence of every part that says the same follows.
 */
export function worstOf(parts: readonly [Part, ...Part[]]): Judgement {
  const [worst, ...others] = parts.toSorted(byBadness);
  if (worst === undefined) throw new TypeError('a judgement needs at least one part');
  const same = others.filter((part) => part.kind === worst.kind);
  const different = distinct(same.map(({ summary }) => summary)).filter(
    (summary) => summary !== worst.summary,
  );
  const missing = worst.kind === 'fail' || worst.kind === 'unknown' ? parts : [worst];
  return {
    ...worst,
    summary:
      different.length === 0 || worst.kind === 'pass' || worst.kind === 'notApplicable'
        ? worst.summary
        : `${worst.summary} (${different.length} more ${different.length === 1 ? 'part' : 'parts'} below)`,
    evidence: distinctBy([worst, ...same].flatMap(({ evidence }) => evidence)),
    missing: distinctBy(missing.flatMap((part) => part.missing)),
  };
}

/** Where nothing names a subnet of nodes, although every node is in one. */
export function noNodeSubnet(cluster: ResourceId): Part {
  const what = 'the subnets of the nodes';
  return unknownPart([{ what, scope: cluster, why: 'no node pool names one' }]);
}

/** As `worstOf`; without any part, what holds where there is nothing to judge. */
export function worstOr(parts: readonly Part[], none: Part): Judgement {
  const [first, ...others] = parts;
  return first === undefined ? none : worstOf([first, ...others]);
}

/** The part that stands for what could not be read of a list; nothing where all of it was. */
export function unreadPart(list: Listing<unknown>): readonly Part[] {
  return list.known ? [] : [unknownPart(list.missing)];
}

function byBadness(a: Part, b: Part): number {
  const kind = (part: Part): number => verdictKinds.indexOf(part.kind satisfies VerdictKind);
  return kind(a) - kind(b) || compareSeverity(a.severity ?? 'info', b.severity ?? 'info');
}

/** Each value once, by what it holds. */
export function distinctBy<T extends object>(values: readonly T[]): readonly T[] {
  if (values.length < 2) return values;
  const seen = new Map(values.map((value) => [contentOf(value), value] as const));
  return [...seen.values()];
}

/** A judgement of parts that have parts of their own meets the same evidence again and again. */
const contentOf = keptBy((value: object): string => JSON.stringify(value));

export function distinct<T>(values: Iterable<T>): readonly T[] {
  return [...new Set(values)];
}

/** The text as a sentence begins. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** `a`, `a and b`, `a, b and c`; at most `most` of them, then a count. */
export function listed(words: readonly string[], most = 3): string {
  const all = distinct(words);
  const shown = all.slice(0, most);
  const rest = all.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}
