/** Readings of live clusters that are shown again, and when they are not. */
import { expect, test } from 'vitest';
import { liveReads } from '../../shared/api/live-reads.ts';
import { resourceId } from '../../shared/model/resource-id.ts';

const cluster = resourceId('/cluster');

/** Asks as so many seconds after twelve; the number of the reading that is shown. */
function asking() {
  let second = 0;
  let begun = 0;
  const live = liveReads(() => new Date(Date.UTC(2026, 10, 26, 12, 0, second)));
  return async (at: number, since?: string): Promise<number> => {
    second = at;
    const { items } = await live.of(
      cluster,
      async () => {
        begun += 1;
        return Array.from({ length: begun }, () => ({
          kind: 'gap' as const,
          scope: cluster,
          what: 'it',
          why: 'a test',
        }));
      },
      since,
    );
    return items.length;
  };
}

test('a reading is shown again for a minute, but not to whoever knows of something later', async () => {
  const ask = asking();
  expect(await ask(0)).toBe(1);
  expect(await ask(10)).toBe(1);
  expect(await ask(20, '2026-11-26T12:00:05.000Z')).toBe(2);
  // Whoever knows less is shown the same; whoever knows as much, too.
  expect(await ask(30)).toBe(2);
  expect(await ask(30, '2026-11-26T12:00:05.000Z')).toBe(2);
  expect(await ask(30, '2026-11-26T12:00:25.000Z')).toBe(3);
  // At the same moment it may have been before or after.
  expect(await ask(31, '2026-11-26T12:00:30.000Z')).toBe(4);
  expect(await ask(90)).toBe(4);
  expect(await ask(91)).toBe(5);
});

test('a change by a clock that runs ahead has nobody read again and again until that time comes', async () => {
  const ask = asking();
  const ahead = '2026-11-26T12:10:00.000Z';
  expect(await ask(0, ahead)).toBe(1);
  for (const at of [1, 2, 30, 59]) expect(await ask(at, ahead)).toBe(1);
  expect(await ask(60, ahead)).toBe(2);
});
