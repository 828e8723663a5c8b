import type { ResourceId } from './resource-id.ts';

/** From the worst to the mildest; `info` never fails a build. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

/** From the worst to the mildest, as the parts of one verdict combine. */
export const verdictKinds = ['fail', 'unknown', 'pass', 'notApplicable'] as const;
export type VerdictKind = (typeof verdictKinds)[number];

/** One packet that shows a verdict: the flow's first packet, so replies need no witness. */
export interface Witness {
  readonly direction: 'inbound' | 'outbound';
  readonly protocol: string;
  /** An address, or a service tag's name where the tag's addresses are not known. */
  readonly source: string;
  /** Null for protocols without ports. */
  readonly sourcePort: number | null;
  readonly destination: string;
  readonly destinationPort: number | null;
}

/** A sentence and the place that proves it. */
export interface Evidence {
  /** The resource that says so. */
  readonly at: ResourceId;
  /** The security rule or role assignment to credit or blame, by name. */
  readonly rule?: string;
  readonly says: string;
  readonly witness?: Witness;
}

/** Something a verdict needed and nobody could read. */
export interface Missing {
  readonly what: string;
  /** The resource, subscription or file where it would have been found. */
  readonly scope: string;
  readonly why: string;
  /** Set where something should have been read and was not, or was not understood: the scan is incomplete. */
  readonly gap?: true;
}

/**
 * What one check says of one cluster, before settings (severity, exemption) are laid over it.
 * A `fail` may carry `missing` too: parts that could not be read beside the part that fails.
 */
export interface Judgement {
  readonly kind: VerdictKind;
  /** Set where a part is milder or worse than the check's own severity. */
  readonly severity?: Severity;
  /** One sentence that a person can act on. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly missing: readonly Missing[];
}

/** A value that was read, or what kept us from reading it. `unknown` is never `pass`. */
export type Known<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly missing: readonly Missing[] };

export function known<T>(value: T): Known<T> {
  return { known: true, value };
}

export function unknown(...missing: readonly Missing[]): Known<never> {
  return { known: false, missing };
}

/** A list that was read to its end, or what was found of it and what kept us from the rest. */
export type Listing<T> =
  | { readonly known: true; readonly value: readonly T[] }
  | { readonly known: false; readonly missing: readonly Missing[]; readonly found?: readonly T[] };

/** The list where nothing is missing of it, else what was found. */
export function listing<T>(found: readonly T[], missing: readonly Missing[]): Listing<T> {
  return missing.length === 0 ? known(found) : { known: false, missing, found };
}

/** What is in a list for certain. */
export function foundIn<T>(list: Listing<T>): readonly T[] {
  return list.known ? list.value : (list.found ?? []);
}

/** Negative when `a` is worse than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b);
}
