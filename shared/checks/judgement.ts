import type { ResourceId } from '../model/resource-id.ts';
import {
  type Evidence,
  type Judgement,
  type Listing,
  type Missing,
  type Severity,
  compareSeverity,
  verdictKinds,
} from '../model/verdict.ts';

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
  const kind = verdictKinds.find((one) => parts.some((part) => part.kind === one));
  const same = parts.filter((part) => part.kind === kind).toSorted(bySeverity);
  const [worst] = same;
  if (worst === undefined) throw new TypeError('a judgement needs at least one part');
  const evidence = distinctBy(same.flatMap((part) => part.evidence));
  if (kind === 'pass' || kind === 'notApplicable') {
    return { ...worst, evidence, missing: distinctBy(worst.missing) };
  }
  const more = new Set(same.map(({ summary }) => summary)).size - 1;
  return {
    ...worst,
    summary:
      more === 0
        ? worst.summary
        : `${worst.summary} (${more} more ${more === 1 ? 'part' : 'parts'} below)`,
    evidence,
    missing: distinctBy(parts.flatMap((part) => part.missing)),
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

function bySeverity(a: Part, b: Part): number {
  return compareSeverity(a.severity ?? 'info', b.severity ?? 'info');
}

/** Each value once, by what it holds. */
export function distinctBy<T extends object>(values: readonly T[]): readonly T[] {
  if (values.length < 2) return values;
  const seen = new Map<string, T>();
  for (const value of values) seen.set(contentOf(value), value);
  return [...seen.values()];
}

/** A judgement of parts that have parts of their own meets the same evidence again and again. */
function contentOf(value: object): string {
  const content = contents.get(value) ?? JSON.stringify(value);
  contents.set(value, content);
  return content;
}

const contents = new WeakMap<object, string>();

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
