import { expect, test } from 'vitest';
import { lazily } from '../../shared/network/lazily.ts';

test.each([7, undefined])('%s is made when it is first asked for, and once', (value) => {
  let times = 0;
  const get = lazily(() => {
    times += 1;
    return value;
  });
  expect(times).toBe(0);
  expect([get(), get()]).toEqual([value, value]);
  expect(times).toBe(1);
});

test('what could not be made is tried again', () => {
  let times = 0;
  const get = lazily(() => {
    times += 1;
    if (times === 1) throw new Error('not yet');
    return times;
  });
  expect(get).toThrow('not yet');
  expect(get()).toBe(2);
});
