/** A generated estate that somebody changes: after every change its truth is known anew. */
import {
  type EstateOptions,
  type GeneratedEstate,
  generateEstate,
} from '../../simulator/estate/generate-estate.ts';

/** What somebody made of an estate, row by row. */
export interface Drift {
  readonly put: readonly Readonly<Record<string, unknown>>[];
  /** Ids as they were written. */
  readonly removed: readonly string[];
}

export interface DriftingEstate {
  readonly seed: number;
  /** The rows that it was made with; what was changed since is for whoever holds it. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** The settings that belong to it as it is now. */
  settings(): object;
  /** `kind` of the verdict by `<cluster id> <check id>`, as it is now. */
  truth(): ReadonlyMap<string, string>;
  /** The ids of its clusters, lower-cased. */
  readonly clusters: readonly string[];
  /** Whether something in it is granted to a group of which it does not tell whom it holds. */
  hasUnknownMembers(): boolean;
  /** What would make these rows those of the estate again. */
  redeployed(rows: readonly object[]): Drift;
  /** Puts a cluster, by its number, into another of its possible states. */
  drift(cluster: number, variant: number): Drift;
}

/** Everything of it is read: what a verdict does not know, nobody could. */
const whole: EstateOptions = { unread: [], managementGroupCoverage: true };

/** Grants to groups that the directory has not. */
const unknownMembers =
  /"(?:group-members-not-read|group-of-access-administrators-not-read|deployer-group-not-read)"/;

/** The same for the same seed, as are the changes. */
export function driftingEstate(seed: number, clusters: number): DriftingEstate {
  const variants: Record<number, number> = {};
  const generate = (): GeneratedEstate => generateEstate(seed, clusters, { ...whole, variants });
  let now = generate();
  const ids = [...new Set(now.truth.map(({ clusterId }) => clusterId.toLowerCase()))];
  return {
    seed,
    rows: now.rows.map((row) => ({ ...row })),
    settings: () => now.settings,
    truth: () =>
      new Map(
        now.truth.map(({ clusterId, checkId, kind }) => [
          `${clusterId.toLowerCase()} ${checkId}`,
          kind,
        ]),
      ),
    clusters: ids,
    hasUnknownMembers: () =>
      Object.values(now.scenarios).some((planted) => unknownMembers.test(JSON.stringify(planted))),
    redeployed: (rows) => difference(rows, now.rows),
    drift(cluster, variant) {
      const before = now.rows;
      variants[cluster] = variant;
      now = generate();
      return difference(before, now.rows);
    },
  };
}

function difference(one: readonly object[], other: readonly object[]): Drift {
  const [before, after] = [textsOf(one), textsOf(other)];
  return {
    put: other
      .filter((row) => before.get(keyOf(row)) !== after.get(keyOf(row)))
      .map((row) => ({ ...row })),
    removed: [...before.keys()].filter((key) => !after.has(key)),
  };
}

/** Each estate spells ids in ways of its own, which changes nothing. */
function textsOf(rows: readonly object[]): ReadonlyMap<string, string> {
  return new Map(rows.map((row) => [keyOf(row), JSON.stringify(row).toLowerCase()]));
}

/** An id as Azure compares it. */
export function keyOf(row: object): string {
  return String(Reflect.get(row, 'id') ?? '').toLowerCase();
}
