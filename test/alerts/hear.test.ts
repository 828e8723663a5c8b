/** What a receiver hears of a finding's life, for every way through it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Route, hear } from '../../shared/alerts/hear.ts';
import type { AlertChange, Heard } from '../../shared/model/alert.ts';
import type { Finding, Transition } from '../../shared/model/finding.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { clusterNamed, findingOf } from '../contracts/stores.contract.ts';

const nobody: Heard = { sequence: 0, firing: false, times: 0 };
const everything: Route = { minimumSeverity: 'medium', mayTell: () => true };
const exempt = {
  reason: 'r',
  approvedBy: null,
  ticket: null,
  expiresOn: '2027-01-31',
  source: 'settings',
} as const;

function transition(
  sequence: number,
  kind: Transition['kind'],
  more: Partial<Finding> = {},
): Transition {
  const finding = findingOf(clusterNamed('a'), 'check', { sequence, ...more });
  return { kind, fingerprint: finding.fingerprint, sequence, at: finding.readAt, finding };
}

function heardOf(
  route: Route,
  ...transitions: readonly Transition[]
): readonly (AlertChange | undefined)[] {
  let heard = nobody;
  return transitions.map((each) => {
    const next = hear(heard, each, route);
    heard = next.heard;
    return next.change;
  });
}

const opened = transition(1, 'opened');
const resolved = transition(2, 'resolved', { state: 'resolved' });
const reopened = transition(3, 'reopened');

describe('a receiver hears', () => {
  test('that it opened, was resolved and came back', () => {
    expect(heardOf(everything, opened, resolved, reopened)).toEqual([
      'opened',
      'resolved',
      'reopened',
    ]);
  });

  test('nothing twice', () => {
    expect(heardOf(everything, opened, opened, resolved, resolved, opened)).toEqual([
      'opened',
      undefined,
      'resolved',
      undefined,
      undefined,
    ]);
  });

  test('that an exemption ends it, and that the end of the exemption brings it back', () => {
    const exempted = transition(2, 'exempted', { exempt });
    expect(heardOf(everything, opened, exempted, transition(3, 'exemptionEnded'))).toEqual([
      'opened',
      'resolved',
      'reopened',
    ]);
    const within = transition(1, 'opened', { exempt });
    expect(heardOf(everything, within, resolved)).toEqual([undefined, undefined]);
  });

  test.each<[string, Partial<Route>]>([
    ['too mild', { minimumSeverity: 'critical' }],
    ['elsewhere', { scopes: [resourceId('/subscriptions/s')] }],
    ['only audited', { mayTell: () => false }],
  ])('nothing of what is %s', (_, more) => {
    expect(heardOf({ ...everything, ...more }, opened, resolved)).toEqual([undefined, undefined]);
  });

  test('of a scope by whole segments', () => {
    const scopes = [resourceId('/subscriptions/s1/resourceGroups/G')];
    expect(heardOf({ ...everything, scopes }, opened)).toEqual(['opened']);
  });

  test('of a severity that changed, as far as it asks for both', () => {
    const worse = transition(2, 'severityChanged', { severity: 'critical' });
    const milder = transition(3, 'severityChanged', { severity: 'low' });
    expect(heardOf(everything, opened, worse, milder)).toEqual([
      'opened',
      'severityChanged',
      'resolved',
    ]);
    const gravest: Route = { ...everything, minimumSeverity: 'critical' };
    expect(heardOf(gravest, opened, worse, milder)).toEqual([undefined, 'opened', 'resolved']);
  });
});

test('whatever happens, it hears a beginning and an end by turns', () => {
  const states = fc.record({
    kind: fc.constantFrom<Transition['kind'][]>(
      'opened',
      'reopened',
      'resolved',
      'exempted',
      'exemptionEnded',
      'severityChanged',
    ),
    state: fc.constantFrom<Finding['state'][]>('open', 'resolved'),
    severity: fc.constantFrom<Finding['severity'][]>('critical', 'medium', 'low'),
    isExempt: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(states, { maxLength: 12 }), (lives) => {
      const transitions = lives.map(({ kind, state, severity, isExempt }, index) =>
        transition(index + 1, kind, { state, severity, exempt: isExempt ? exempt : null }),
      );
      const changes = heardOf(everything, ...transitions)
        .filter((change) => change !== undefined && change !== 'severityChanged')
        .map((change) => (change === 'resolved' ? 'end' : 'begin'));
      const byTurns = changes.map((_, index) => (index % 2 === 0 ? 'begin' : 'end'));
      expect(changes).toEqual(byTurns);
      expect(heardOf(everything, ...transitions).indexOf('reopened')).not.toBe(0);
    }),
  );
});
