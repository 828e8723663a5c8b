/** What lint says of rules, against plain first match in every world, and against `decide`. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffRules } from '../../shared/network/diff-rules.ts';
import type { LintKind } from '../../shared/network/lint-finding.ts';
import { lintRules } from '../../shared/network/lint-rules.ts';
import type { AddressMatch, SecurityRule } from '../../shared/network/security-rule.ts';
import { cases } from '../packets/worlds.ts';
import { decideEverything } from './decide-everything.ts';
import {
  firstMatch,
  listedSurroundings,
  ruleLists,
  situationsOf,
  smallPackets,
  unlistedSurroundings,
} from './small-network.ts';

function surroundings(withList: boolean) {
  return withList ? listedSurroundings : unlistedSurroundings;
}

function found(rules: readonly SecurityRule[], withList: boolean, kind: LintKind) {
  return lintRules(rules, surroundings(withList)).filter((finding) => finding.kind === kind);
}

const somePackets = fc.shuffledSubarray([...smallPackets], { minLength: 4, maxLength: 4 });

test('whatever decides nothing by the bounds of its list is shadowed', () => {
  fc.assert(
    fc.property(ruleLists, fc.boolean(), (rules, withList) => {
      const [hop] = decideEverything(rules, 'Outbound', surroundings(withList)).hops;
      const deciding = new Set(hop?.shares.map(({ rule }) => rule.name));
      // Lint knows more: that two rules name the same open name.
      expect(found(rules, withList, 'shadowed').map(({ rule }) => rule.name)).toEqual(
        expect.arrayContaining(rules.map(({ name }) => name).filter((name) => !deciding.has(name))),
      );
    }),
    { numRuns: cases(30) },
  );
});

test('no packet meets a shadowed rule first, nor one to an unreachable port', () => {
  fc.assert(
    fc.property(ruleLists, fc.boolean(), somePackets, (rules, withList, some) => {
      const shadowed = found(rules, withList, 'shadowed').map(({ rule }) => rule.name);
      const unreachable = found(rules, withList, 'unreachable-port');
      for (const packet of some) {
        for (const situation of situationsOf(packet, withList)) {
          const first = firstMatch(rules, situation)?.name;
          expect(shadowed).not.toContain(first);
          // The small network's ports stand for the ranges of its rules.
          const row = unreachable.find(({ rule }) => rule.name === first);
          expect(row?.says ?? '').not.toMatch(new RegExp(`port.* ${packet.port}[,: ]`));
        }
      }
    }),
    { numRuns: cases(30) },
  );
});

test('without its shadowed and redundant rules a list decides every packet alike', () => {
  fc.assert(
    fc.property(ruleLists, fc.boolean(), somePackets, (rules, withList, some) => {
      const findings = lintRules(rules, surroundings(withList));
      const needless = findings.filter(({ kind }) => kind === 'shadowed' || kind === 'redundant');
      const left = rules.filter((rule) => needless.every((finding) => finding.rule !== rule));
      for (const packet of some) {
        for (const situation of situationsOf(packet, withList)) {
          expect(firstMatch(left, situation)?.access ?? 'Deny').toBe(
            firstMatch(rules, situation)?.access ?? 'Deny',
          );
        }
      }
      // And each that is left is needed.
      for (const rule of left) {
        const { newlyAllowed, newlyDenied } = diffRules(
          left,
          left.filter((one) => one !== rule),
          'Outbound',
          surroundings(withList),
        );
        const changes = [newlyAllowed, newlyDenied].flatMap((one) => [one.certain, one.perhaps]);
        expect(changes.some((change) => !change.isEmpty())).toBe(true);
      }
    }),
    { numRuns: cases(30) },
  );
});

test('two rules in conflict, the earlier one put behind the later, let other packets through', () => {
  const crossing = (access: 'Allow' | 'Deny', source: AddressMatch, to: AddressMatch) => ({
    name: `${access} one way`,
    priority: 0,
    direction: 'Outbound' as const,
    access,
    protocol: '*' as const,
    sources: [source],
    sourcePorts: [],
    destinations: [to],
    destinationPorts: [],
  });
  const any: AddressMatch = { kind: 'any' };
  const allow = crossing('Allow', { kind: 'prefix', text: '10.0.0.0/24' }, any);
  const deny = crossing('Deny', any, { kind: 'prefix', text: '20.1.0.0/31' });
  const crossed = fc
    .tuple(ruleLists, fc.nat(5), fc.nat(6), fc.boolean())
    .map(([rules, at, then, isAllowFirst]) =>
      rules
        .toSpliced(at, 0, isAllowFirst ? allow : deny)
        .toSpliced(then, 0, isAllowFirst ? deny : allow)
        .map((rule, index) => ({ ...rule, priority: 100 + index })),
    );
  let conflicts = 0;
  fc.assert(
    fc.property(crossed, fc.boolean(), (rules, withList) => {
      for (const { rule, by } of found(rules, withList, 'conflict')) {
        const needless = (['shadowed', 'redundant'] as const).flatMap((kind) =>
          found(rules, withList, kind).map((one) => one.rule),
        );
        const needed = rules.filter((one) => !needless.includes(one));
        for (const rival of by) {
          conflicts += 1;
          const moved = needed
            .filter((one) => one !== rival)
            .flatMap((one) => (one === rule ? [rule, rival] : [one]))
            .map((one, index) => ({ ...one, priority: 100 + index }));
          expect(rival.access).not.toBe(rule.access);
          expect(diffRules(needed, moved, 'Outbound', surroundings(withList)).isDifferent).toBe(
            true,
          );
        }
      }
    }),
    { numRuns: cases(30) },
  );
  expect(conflicts).toBeGreaterThan(10);
});
