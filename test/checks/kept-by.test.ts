import { describe, expect, it, vi } from 'vitest';
import { keptBy } from '../../shared/checks/kept-by.ts';

describe('a kept answer', () => {
  const make = vi.fn<(key: { readonly name: string }, more: readonly string[]) => string[]>(
    ({ name }, more) => [name, ...more],
  );
  const kept = keptBy(make);
  const [a, b] = [{ name: 'a' }, { name: 'b' }];
  const [one, other]: readonly (readonly string[])[] = [['x'], ['x']];

  it('is the very same as long as every argument is', () => {
    const first = kept(a, one ?? []);
    expect(first).toEqual(['a', 'x']);
    expect(kept(a, one ?? [])).toBe(first);
    expect(kept(b, one ?? [])).toEqual(['b', 'x']);
    expect(kept(a, one ?? [])).toBe(first);
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('is made anew where another argument only looks the same', () => {
    const first = kept(a, one ?? []);
    expect(kept(a, other ?? [])).not.toBe(first);
    expect(kept(a, one ?? [])).not.toBe(first);
  });

  it('is made anew where one of several arguments is another', () => {
    const sum = keptBy((key: object, left: number, right: number) => [key, left + right]);
    const first = sum(a, 1, 2);
    expect(sum(a, 1, 2)).toBe(first);
    expect(sum(a, 1, 3)).toEqual([a, 4]);
  });
});
