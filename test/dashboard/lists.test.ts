import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grouped, ungrouped } from '../../dashboard/list/rows.ts';
import { ariaSort, nextSort, sortOf } from '../../dashboard/list/sort.ts';

describe('lists of the dashboard', () => {
  it('loses no row in groups, and counts those of each', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (rows) => {
        const lines = grouped(rows, (row) => [`group ${row % 3}`]);
        const shown = lines.flatMap((line) => (line.kind === 'row' ? [line.row] : []));
        const ascending = (a: number, b: number): number => a - b;
        expect(shown.toSorted(ascending)).toEqual(rows.toSorted(ascending));
        const counts = lines.flatMap((line) => (line.kind === 'group' ? [line.count] : []));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
        const names = lines.flatMap((line) => (line.kind === 'group' ? [line.name] : []));
        expect(names).toEqual([...new Set(names)].toSorted());
      }),
    );
  });

  it('shows a row in each of its groups', () => {
    expect(grouped(['x'], () => ['b', 'a'])).toEqual([
      { kind: 'group', name: 'a', count: 1 },
      { kind: 'row', row: 'x' },
      { kind: 'group', name: 'b', count: 1 },
      { kind: 'row', row: 'x' },
    ]);
  });

  it('keeps places for what is not read yet', () => {
    expect(ungrouped(['x'], 3).map(({ kind }) => kind)).toEqual(['row', 'unread', 'unread']);
    expect(ungrouped(['x', 'y'], 1)).toHaveLength(2);
  });

  it('sorts the other way round when a title is pressed twice, whichever way comes first', () => {
    expect(nextSort('posture', 'name')).toBe('name');
    expect(nextSort('name', 'name')).toBe('-name');
    expect(nextSort('-fail', '-fail')).toBe('fail');
    expect(ariaSort('-fail', '-fail')).toBe('descending');
    expect(ariaSort('fail', '-fail')).toBe('ascending');
    expect(ariaSort('name', '-fail')).toBe('none');
    expect(ariaSort('name', undefined)).toBe('none');
  });

  it('takes no sort from an address that it does not know', () => {
    expect(sortOf(['name', 'fail'], '-fail', 'name')).toBe('-fail');
    expect(sortOf(['name', 'fail'], 'elsewhere', '-name')).toBe('-name');
    expect(sortOf(['name', 'fail'], undefined, 'name')).toBe('name');
  });
});
