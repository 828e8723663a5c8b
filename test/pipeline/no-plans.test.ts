import { describe, expect, it } from 'vitest';
import { isDueAgain, noPlan } from '../../shared/pipeline/no-plans.ts';

const minute = 60_000;
const start = Date.parse('2026-11-26T03:00:00.000Z');
const at = (minutes: number) => new Date(start + minutes * minute);
const state = { latest: undefined, settings: 'of now' };
const finding = { fingerprint: 'f', because: 'it is locked' };

describe('why a finding has no plan', () => {
  it('holds since it was first said, as long as nothing else is', () => {
    const first = noPlan(finding, state, undefined, at(0));
    const again = noPlan(finding, state, first, at(60));
    expect(again).toEqual({ ...first, since: first.at, at: at(60).toISOString() });
    const latest = { id: 'one', state: 'void', updatedAt: at(0).toISOString() } as const;
    for (const other of [
      noPlan({ ...finding, because: 'the mode is alert' }, state, again, at(90)),
      noPlan(finding, { ...state, settings: 'of then' }, again, at(90)),
      noPlan(finding, { ...state, latest }, again, at(90)),
      noPlan(finding, state, { ...again, at: at(500).toISOString() }, at(90)),
    ]) {
      expect(other.since).toBe(at(90).toISOString());
    }
  });

  it('that a clock said which ran ahead keeps nobody waiting', () => {
    const ahead = noPlan(finding, state, undefined, at(500));
    expect(isDueAgain(ahead, state, at(1))).toBe(true);
    expect(isDueAgain(noPlan(finding, state, undefined, at(0)), state, at(1))).toBe(false);
  });
});
