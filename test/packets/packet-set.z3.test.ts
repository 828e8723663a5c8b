// Z3 decides the same questions from bit-vector formulas; every verdict and witness has to agree.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Packet } from '../../shared/packets/packet-set.ts';
import { type PacketFormula, productOf, setOf } from './packet-formula.ts';
import { azureFormulas, cases } from './worlds.ts';
import { withZ3 } from './z3.ts';

type Pair = readonly [PacketFormula, PacketFormula];

/** Pairs that are unrelated, equal by a law, nested, or equal but for one packet. */
const pairs: fc.Arbitrary<Pair> = fc
  .tuple(azureFormulas, azureFormulas, fc.integer({ min: 0, max: 4 }))
  .map(([a, b, relation]): Pair => {
    const shared: PacketFormula = { kind: 'intersect', left: a, right: b };
    const rest: PacketFormula = { kind: 'subtract', left: a, right: b };
    const witness = setOf(a).witness();
    switch (relation) {
      case 0:
        return [a, b];
      case 1:
        return [a, { kind: 'union', left: rest, right: shared }];
      case 2:
        return [rest, { kind: 'intersect', left: a, right: { kind: 'complement', of: b } }];
      case 3:
        return [shared, a];
      default:
        return witness === undefined
          ? [b, a]
          : [
              a,
              {
                kind: 'subtract',
                left: a,
                right: { kind: 'product', product: productOf(witness) },
              },
            ];
    }
  });

/** The packet, if it is in `left` and not in `right`. */
function onlyThat(packet: Packet, left: PacketFormula, right: PacketFormula): PacketFormula {
  const that: PacketFormula = { kind: 'product', product: productOf(packet) };
  return { kind: 'intersect', left: that, right: { kind: 'subtract', left, right } };
}

test('emptiness, inclusion, equality and witnesses agree with Z3', { timeout: 7_200_000 }, () =>
  withZ3(async (z3) => {
    const seen = new Map<string, number>();
    const count = (what: string, answer: boolean): void => {
      seen.set(`${what} ${answer}`, (seen.get(`${what} ${answer}`) ?? 0) + 1);
    };
    await fc.assert(
      fc.asyncProperty(pairs, async ([left, right]) => {
        const [a, b] = [setOf(left), setOf(right)];
        const inA = await z3.find(left);
        const onlyA = await z3.find({ kind: 'subtract', left, right });
        const onlyB = await z3.find({ kind: 'subtract', left: right, right: left });

        expect(a.isEmpty()).toBe(inA === undefined);
        expect(a.isSubsetOf(b)).toBe(onlyA === undefined);
        expect(b.isSubsetOf(a)).toBe(onlyB === undefined);
        expect(a.equals(b)).toBe(onlyA === undefined && onlyB === undefined);
        expect(inA === undefined || a.has(inA)).toBe(true);
        expect(onlyA === undefined || (a.has(onlyA) && !b.has(onlyA))).toBe(true);

        const witness = a.subtract(b).witness();
        expect(witness === undefined).toBe(onlyA === undefined);
        expect(witness && (await z3.find(onlyThat(witness, left, right)))).toEqual(witness);
        count('empty', a.isEmpty());
        count('subset', a.isSubsetOf(b));
        count('equal', a.equals(b));
      }),
      {
        numRuns: cases(300),
        // Shrinking asks Z3 again and again: a failure is shown as small as it got by then.
        interruptAfterTimeLimit: cases(600_000),
        markInterruptAsFailure: true,
      },
    );
    // Oracles that only ever see one answer prove nothing.
    for (const verdict of ['empty', 'subset', 'equal']) {
      expect(seen.get(`${verdict} true`)).toBeGreaterThan(cases(20));
      expect(seen.get(`${verdict} false`)).toBeGreaterThan(cases(20));
    }
  }),
);
