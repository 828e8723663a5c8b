import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effectiveMode } from '../../shared/settings/effective-mode.ts';
import { type Mode, modeNamed, modes } from '../../shared/settings/mode.ts';
import { parseSettings } from '../../shared/settings/settings.ts';

const check = 'private-cluster';
const anyMode = fc.constantFrom(...modes);

function settings(mode: Mode, own?: Mode) {
  const checks = own === undefined ? {} : { [check]: { mode: own } };
  const parsed = parseSettings({ mode, checks });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

describe('the effective mode', () => {
  test.each<[string, Mode, Mode, Mode | undefined, string | undefined, Mode, RegExp]>([
    ['is that of the settings', 'remediate', 'plan', undefined, undefined, 'plan', /\(mode\)/],
    ['is never above the most', 'alert', 'remediate', undefined, undefined, 'alert', /MAX_MODE/],
    [
      "is the check's before that of all",
      'remediate',
      'alert',
      'plan',
      undefined,
      'plan',
      /checks/,
    ],
    [
      "is the check's where it is lower",
      'remediate',
      'plan',
      'audit',
      undefined,
      'audit',
      /checks/,
    ],
    ['is lowered by a tag', 'remediate', 'remediate', undefined, 'alert', 'alert', /the tag/],
    ['is not raised by a tag', 'remediate', 'alert', undefined, 'remediate', 'alert', /\(mode\)/],
    ['is not raised by a tag above the most', 'audit', 'plan', undefined, 'plan', 'audit', /MAX/],
    ['takes a tag in any casing', 'remediate', 'remediate', undefined, ' Plan ', 'plan', /tag/],
    ['takes a tag that is none for audit', 'remediate', 'plan', undefined, 'off', 'audit', /"off"/],
    ['takes an empty tag for audit', 'remediate', 'plan', undefined, '', 'audit', /none of/],
  ])('%s', (_, most, global, own, tag, expected, because) => {
    const answer = effectiveMode(most, settings(global, own), check, tag);
    expect(answer.mode).toBe(expected);
    expect(answer.because).toMatch(because);
  });

  test('is the lowest of its limits, and no tag ever raises it', () => {
    const optional = fc.option(anyMode, { nil: undefined });
    const tags = fc.option(fc.oneof(anyMode, fc.string()), { nil: undefined });
    fc.assert(
      fc.property(anyMode, anyMode, optional, tags, (most, global, own, tag) => {
        const rank = (mode: Mode): number => modes.indexOf(mode);
        const untagged = effectiveMode(most, settings(global, own), check, undefined).mode;
        expect(rank(untagged)).toBe(Math.min(rank(most), rank(own ?? global)));
        const tagged = effectiveMode(most, settings(global, own), check, tag).mode;
        const ofTag = tag === undefined ? untagged : (modeNamed(tag) ?? 'audit');
        expect(rank(tagged)).toBe(Math.min(rank(untagged), rank(ofTag)));
      }),
    );
  });

  test('of another check is not touched by the settings of this one', () => {
    expect(effectiveMode('remediate', settings('plan', 'audit'), 'toString', undefined).mode).toBe(
      'plan',
    );
  });
});
