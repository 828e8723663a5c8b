import type { HeatMapCell } from '../api/api-types.ts';

/** Checks by regions: the checks with the most failures first, regions by name. */
export interface Heat {
  readonly locations: readonly string[];
  readonly rows: readonly {
    readonly checkId: string;
    /** One for each region; undefined where no cluster is checked there. */
    readonly cells: readonly (HeatMapCell | undefined)[];
  }[];
}

/** Cells as rows and columns; checks without any failure or unknown are left out. */
export function heatOf(cells: readonly HeatMapCell[]): Heat {
  const locations = [...new Set(cells.map(({ location }) => location))].toSorted();
  const rows = [...Map.groupBy(cells, ({ checkId }) => checkId)].map(([checkId, members]) => ({
    checkId,
    fail: members.reduce((sum, { fail }) => sum + fail, 0),
    unknown: members.reduce((sum, { unknown }) => sum + unknown, 0),
    cells: locations.map((location) => members.find((cell) => cell.location === location)),
  }));
  return {
    locations,
    rows: rows
      .filter(({ fail, unknown }) => fail + unknown > 0)
      .toSorted(
        (a, b) => b.fail - a.fail || b.unknown - a.unknown || (a.checkId < b.checkId ? -1 : 1),
      ),
  };
}

/** How deep the colour of a cell is, from 0 (nothing fails) to 4 (more than half of them fail). */
export function depthOf({ fail, unknown, pass, exempt }: HeatMapCell): 0 | 1 | 2 | 3 | 4 {
  const share = fail / Math.max(1, fail + unknown + pass + exempt);
  if (fail === 0) return 0;
  if (share <= 0.05) return 1;
  if (share <= 0.2) return 2;
  return share <= 0.5 ? 3 : 4;
}
