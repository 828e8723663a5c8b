import type { Finding } from '../model/finding.ts';
import { nameOf, resourceId } from '../model/resource-id.ts';
import type { FindingStore } from '../store-ports.ts';

/** Which findings: all that are given must hold. */
export interface FindingFilter {
  readonly state?: Finding['state'];
  /** Its id or its name. */
  readonly cluster?: string;
  readonly check?: string;
}

export interface FindingsPage {
  readonly findings: readonly Finding[];
  /** Where the rest begins; null at the end. */
  readonly next: string | null;
}

/** So many findings are looked at for a page; those that fit are on it. */
const lookedAt = 500;

/** The next page of the findings that fit; it may be empty although others follow. */
export async function findingsPage(
  store: FindingStore,
  { state, cluster, check }: FindingFilter,
  from?: string,
): Promise<FindingsPage> {
  const wanted = cluster === undefined ? undefined : resourceId(cluster);
  const { items, next } = await store.page(lookedAt, from);
  const findings = items.filter(
    (finding) =>
      (state === undefined || finding.state === state) &&
      (check === undefined || finding.checkId === check) &&
      (wanted === undefined ||
        finding.clusterId === wanted ||
        nameOf(finding.clusterId) === wanted),
  );
  return { findings, next: next ?? null };
}
