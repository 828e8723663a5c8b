/** What two lists of rules treat differently, against plain first match in every world. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RuleDiff, diffRules } from '../../shared/network/diff-rules.ts';
import { knownAddresses } from '../../shared/network/known-addresses.ts';
import type { SecurityRule } from '../../shared/network/security-rule.ts';
import { describe } from '../../shared/packets/describe.ts';
import { describeBriefly } from '../../shared/packets/describe-briefly.ts';
import { cases } from '../packets/worlds.ts';
import { decideEverything } from './decide-everything.ts';
import {
  editedLists,
  enginePacket,
  firstMatch,
  listedSurroundings,
  ruleLists,
  situationsOf,
  smallPackets,
  unlistedSurroundings,
} from './small-network.ts';

const someWorld = fc.boolean();

function surroundings(withList: boolean) {
  return withList ? listedSurroundings : unlistedSurroundings;
}

/** How a diff puts one packet: `certain`, `perhaps`, or not at all. */
function place(
  { certain, perhaps }: RuleDiff['newlyAllowed'],
  packet: Parameters<typeof certain.has>[0],
) {
  expect(certain.has(packet) && perhaps.has(packet)).toBe(false);
  return certain.has(packet) ? 'certain' : perhaps.has(packet) ? 'perhaps' : 'no';
}

function expected(worlds: readonly boolean[]) {
  return worlds.every(Boolean) ? 'certain' : worlds.some(Boolean) ? 'perhaps' : 'no';
}

test('says of every packet whether its fate changes for certain, perhaps or not at all', () => {
  fc.assert(
    fc.property(
      editedLists,
      someWorld,
      fc.shuffledSubarray([...smallPackets], { minLength: 12, maxLength: 12 }),
      ([before, after], withList, some) => {
        const diff = diffRules(before, after, 'Outbound', surroundings(withList));
        for (const packet of some) {
          const fates = situationsOf(packet, withList).map((situation) => [
            firstMatch(before, situation)?.access === 'Allow',
            firstMatch(after, situation)?.access === 'Allow',
          ]);
          const engine = enginePacket(packet);
          const found = [place(diff.newlyAllowed, engine), place(diff.newlyDenied, engine)];
          expect({ packet, found }).toEqual({
            packet,
            found: [
              expected(fates.map(([was, is]) => was === false && is === true)),
              expected(fates.map(([was, is]) => was === true && is === false)),
            ],
          });
        }
      },
    ),
    { numRuns: cases(200) },
  );
});

test('is certain of exactly what each list by itself is certain of', () => {
  fc.assert(
    fc.property(editedLists, someWorld, ([first, second], withList) => {
      // A rule for every tag, last in both lists, so that both questions name the same addresses.
      const last: SecurityRule = {
        name: 'last',
        priority: 4000,
        direction: 'Outbound',
        access: 'Allow',
        protocol: 'Tcp',
        sources: [{ kind: 'prefix', text: '10.0.0.2' }],
        sourcePorts: [],
        destinations: [...first, ...second].flatMap((rule) => [
          ...rule.sources,
          ...rule.destinations,
          { kind: 'prefix', text: '192.0.2.1' },
        ]),
        destinationPorts: [],
      };
      const [before, after] = [
        [...first, last],
        [...second, last],
      ];
      const old = decideEverything(before, 'Outbound', surroundings(withList));
      const now = decideEverything(after, 'Outbound', surroundings(withList));
      const { newlyAllowed, newlyDenied } = diffRules(
        before,
        after,
        'Outbound',
        surroundings(withList),
      );
      expect(old.denied.intersect(now.allowed).isSubsetOf(newlyAllowed.certain)).toBe(true);
      expect(old.allowed.intersect(now.denied).isSubsetOf(newlyDenied.certain)).toBe(true);
    }),
    { numRuns: cases(60) },
  );
});

test('is told alike in whatever order a file lists its rules', () => {
  const shuffledLists = ruleLists.chain((rules) =>
    fc.tuple(
      fc.constant(rules),
      fc.shuffledSubarray([...rules], { minLength: rules.length, maxLength: rules.length }),
    ),
  );
  fc.assert(
    fc.property(shuffledLists, fc.boolean(), ([rules, shuffled], withList) => {
      const [one, other] = [rules, shuffled].map((list) => {
        const around = surroundings(withList);
        const { allowed, names } = decideEverything(list, 'Outbound', around);
        const known = knownAddresses(list, around);
        return {
          boxes: describe(allowed, names),
          brief: describeBriefly(allowed, { names, known, most: 20 }),
        };
      });
      expect(other).toEqual(one);
    }),
    { numRuns: cases(60) },
  );
});
