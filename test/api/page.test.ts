/** Pages of lists that change under whoever reads them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ordering, type Page, pageOf } from '../../shared/api/page.ts';

interface Row {
  readonly id: string;
  readonly rank: number;
  readonly name: string;
}

const ordering: Ordering<Row> = {
  fields: { rank: ({ rank }) => rank, name: ({ name }) => name },
  idOf: ({ id }) => id,
};

const rows = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 3, unit: 'binary' }),
    rank: fc.integer({ min: 0, max: 3 }),
    name: fc.string({ maxLength: 2, unit: 'binary' }),
  }),
  { selector: ({ id }) => id, maxLength: 30 },
);
const sort = fc.constantFrom('rank', '-rank', 'name', '-name');
const limit = fc.integer({ min: 1, max: 7 });
const fits = ({ rank }: Row): boolean => rank !== 2;

function page(all: readonly Row[], asked: Parameters<typeof pageOf>[2]): Page<Row> {
  const found = pageOf(all, fits, asked, ordering);
  if (found.kind === 'refused') throw new Error(found.problem.error);
  return found;
}

/** What somebody sees who reads to the end, while `change` happens to the list between two pages. */
function everything(
  start: readonly Row[],
  order: string,
  most: number,
  change: (before: readonly Row[]) => readonly Row[] = (before) => before,
) {
  const pages: Page<Row>[] = [];
  let all = start;
  let next: string | null | undefined;
  do {
    const found = page(all, { sort: order, limit: most, next: next ?? undefined });
    pages.push(found);
    ({ next } = found);
    all = change(all);
  } while (next !== null);
  return pages;
}

/** Insertion, one by one: slow, and of another kind than what it is held against. */
function inOrder(all: readonly Row[], order: string): readonly Row[] {
  const field = order.replace('-', '') as 'rank' | 'name';
  const isBefore = (a: Row, b: Row): boolean => {
    if (a[field] === b[field]) return a.id < b.id;
    return order.startsWith('-') ? a[field] > b[field] : a[field] < b[field];
  };
  const sorted: Row[] = [];
  for (const row of all) {
    const at = sorted.findIndex((each) => isBefore(row, each));
    sorted.splice(at < 0 ? sorted.length : at, 0, row);
  }
  return sorted;
}

describe('pages', () => {
  test('together are what fits, in order, and each is full but the last', () => {
    fc.assert(
      fc.property(rows, sort, limit, (all, order, most) => {
        const pages = everything(all, order, most);
        const expected = inOrder(all.filter(fits), order);
        expect(pages.flatMap(({ items }) => items)).toEqual(expected);
        for (const { items, total } of pages.slice(0, -1)) {
          expect([items.length, total]).toEqual([most, expected.length]);
        }
        expect(pages.at(-1)?.items.length === 0 && pages.length > 1).toBe(false);
      }),
    );
  });

  test('show nothing twice and leave out nothing that stays, whatever comes and goes meanwhile', () => {
    fc.assert(
      fc.property(rows, rows, sort, limit, fc.integer(), (all, others, order, most, salt) => {
        let turn = 0;
        const known = new Set(all.map(({ id }) => id));
        const others2 = others.filter(({ id }) => !known.has(id));
        const isKept = ({ id }: Row): boolean => (id.length + salt) % 2 === 0;
        const stays = all.filter(isKept);
        const seen = everything(all, order, most, () => {
          turn += 1;
          return [...stays, ...(turn % 2 === 0 ? others2 : [])];
        }).flatMap(({ items }) => items);
        const ids = seen.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { id } of stays.filter(fits)) expect(ids).toContain(id);
      }),
    );
  });

  test('begin nowhere else than where one ended in the same order', () => {
    const all = [1, 2, 3].map((rank) => ({ id: `${rank}`, rank: rank * 10, name: 'é𝄞"' }));
    const { next } = page(all, { sort: 'name', limit: 1 });
    const refuses = (asked: Parameters<typeof pageOf>[2]) =>
      expect(pageOf(all, fits, asked, ordering)).toMatchObject({ kind: 'refused', status: 400 });
    refuses({ sort: 'rank', limit: 1, next: next ?? '' });
    refuses({ sort: 'name', limit: 1, next: `${next}x` });
    refuses({ sort: 'name', limit: 1, next: btoa('{}') });
    expect(next).toMatch(/^[\w-]+$/);
  });
});
