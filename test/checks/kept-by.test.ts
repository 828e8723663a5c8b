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
});
