import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batches } from '../../../shared/adapters/azure/batches.ts';

it('batches hold everything in order, as few as 299 ids allow and of about one size', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 2000 }), (items) => {
      const made = batches(items);
      expect(made.flat()).toEqual(items);
      expect(made).toHaveLength(Math.ceil(items.length / 299));
      const sizes = made.map(({ length }) => length);
      expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(299);
      expect(Math.max(0, ...sizes) - Math.min(...sizes, Number.POSITIVE_INFINITY)).toBeLessThan(
        Math.max(1, made.length),
      );
    }),
  );
});
