import { describe, expect, it } from 'vitest';
import { dueAt, noPlan, standsFor } from '../../shared/pipeline/no-plans.ts';

const minute = 60_000;
const start = Date.parse('2026-11-26T03:00:00.000Z');
const at = (minutes: number) => new Date(start + minutes * minute);
const state = { latest: undefined, settings: 'of now' };
const finding = { fingerprint: 'f', because: 'it is locked' };
const ended = (minutes: number) =>
  ({ state: 'void', updatedAt: at(minutes).toISOString() }) as const;

describe('why a finding has no plan', () => {
  it('holds since it was first said, as long as nothing else is', () => {
    const first = noPlan(finding, state, undefined, at(0));
    const again = noPlan(finding, state, first, at(60));
    expect(again).toEqual({ ...first, since: first.at, at: at(60).toISOString() });
    for (const other of [
      noPlan({ ...finding, because: 'the mode is alert' }, state, again, at(90)),
      noPlan(finding, { ...state, settings: 'of then' }, again, at(90)),
      noPlan(finding, { ...state, latest: ended(70) }, again, at(90)),
      noPlan(finding, state, { ...again, at: at(500).toISOString() }, at(90)),
    ]) {
      expect(other.since).toBe(at(90).toISOString());
    }
  });

  it('counts until something is done, the finding comes back, or other settings are in force', () => {
    const said = noPlan(finding, state, undefined, at(60));
    const stands = (change: object, since = at(0)) =>
      standsFor(said, { since: since.toISOString() }, { ...state, ...change }, at(90));
    expect(stands({})).toBe(true);
    expect(stands({ latest: ended(30) })).toBe(true);
    expect(stands({ latest: ended(61) })).toBe(false);
    expect(stands({ settings: 'of then' })).toBe(false);
    expect(stands({}, at(61))).toBe(false);
  });

  it('keeps nobody waiting where a clock that ran ahead wrote it, nor by what such a clock wrote', () => {
    const open = { since: at(0).toISOString() };
    const ofNow = noPlan(finding, state, undefined, at(0));
    expect(standsFor(noPlan(finding, state, undefined, at(500)), open, state, at(1))).toBe(false);
    expect(standsFor(ofNow, open, { ...state, latest: ended(5000) }, at(1))).toBe(true);
    expect(standsFor(ofNow, { since: at(5000).toISOString() }, state, at(1))).toBe(true);
  });

  it('is looked for again as long after as it has held, an hour at least, four at most', () => {
    const waits = [0, 30, 90, 300, 5000].map((held) => {
      const due = dueAt({ since: at(0).toISOString(), at: at(held).toISOString() }, undefined);
      return (due.getTime() - at(held).getTime()) / minute;
    });
    expect(waits).toEqual([50, 50, 90, 230, 230]);
  });

  it('is looked for again a day after somebody turned the plan down', () => {
    const latest = { state: 'rejected', updatedAt: at(0).toISOString() } as const;
    const due = (minutes: number) =>
      dueAt({ since: at(5).toISOString(), at: at(minutes).toISOString() }, latest);
    expect([due(600), due(1300), due(1439), due(1500)]).toEqual([
      at(830),
      at(1440),
      at(1440),
      at(1730),
    ]);
  });
});
