import fc from 'fast-check';
import { expect, test } from 'vitest';
import { progressOn } from '../../cli/progress.ts';
import type { ScanProgress } from '../../shared/reports/scan.ts';

/** What stands on standard error after events, each so many milliseconds after the one before. */
async function said(
  events: readonly (ScanProgress & { readonly after: number })[],
  isTerminal = false,
): Promise<string> {
  let text = '';
  let at = Date.UTC(2026, 10, 23);
  const write = (piece: string) => {
    text += piece;
    return Promise.resolve();
  };
  const progress = progressOn(
    { stderr: { write, isTerminal, columns: 80 }, now: () => new Date(at), env: {} },
    false,
  );
  for (const { after, ...event } of events) {
    at += after;
    progress.update(event);
  }
  await progress.done();
  return text;
}

test('nothing is said of a stage that has not begun', async () => {
  expect(
    await said([
      { stage: 'reading', done: 0, after: 0 },
      { stage: 'reading', done: 664, total: 664, after: 40 },
      { stage: 'judging', done: 0, total: 41, after: 0 },
      { stage: 'judging', done: 41, total: 41, after: 30 },
    ]),
  ).toBe('portcullis: reading: 664 of 664\nportcullis: judging: 41 of 41\n');
});

test('off a terminal, a stage has a line per second at most, and one at its end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1 }),
      async (pauses) => {
        const total = pauses.length;
        const events = pauses.map((after, index) => ({
          stage: 'judging',
          done: index + 1,
          total,
          after,
        }));
        const lines = (await said(events)).trimEnd().split('\n');
        const seconds = pauses.slice(1).reduce((sum, pause) => sum + pause, 0) / 1000;
        expect(lines.length).toBeLessThanOrEqual(Math.floor(seconds) + 2);
        expect(lines.length).toBeGreaterThanOrEqual(Math.floor(seconds / 2));
        expect(lines.at(-1)).toBe(`portcullis: judging: ${total} of ${total}`);
      },
    ),
  );
});

test('on a terminal a stage without an end shows how far it came', async () => {
  const text = await said(
    [
      { stage: 'reading', done: 0, after: 0 },
      { stage: 'reading', done: 1200, after: 200 },
    ],
    true,
  );
  expect(text).toContain('\rreading … ');
  expect(text).toContain('\rreading 1,200 ');
});
