import { expect, it } from 'vitest';
import { oneAtATime } from '../../shared/pipeline/one-at-a-time.ts';

it('begins a piece of work when the one before has ended, well or not', async () => {
  const inTurn = oneAtATime();
  const says: string[] = [];
  const { promise, reject } = Promise.withResolvers<void>();
  const first = inTurn(async () => {
    says.push('first begins');
    await promise;
  });
  const second = inTurn(() => {
    says.push('second begins');
    return Promise.resolve(2);
  });
  await Promise.resolve();
  expect(says).toEqual(['first begins']);
  reject(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await expect(second).resolves.toBe(2);
  expect(says).toEqual(['first begins', 'second begins']);
});
