/** What is kept of the stores for a while: read once for all who ask, never older than it may be. */
import { describe, expect, test } from 'vitest';
import { readModel } from '../../shared/api/read-model.ts';
import { liveReads } from '../../shared/api/live-reads.ts';
import { resourceId } from '../../shared/model/resource-id.ts';

/** A model of how often it was read, by a clock of its own. */
function counting(tookMs = 0) {
  let at = 0;
  let reads = 0;
  let fails = false;
  let release: (() => void) | undefined;
  const model = readModel(
    async () => {
      reads += 1;
      const own = reads;
      if (release !== undefined) {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
      at += tookMs;
      if (fails) throw new Error('storage does not answer');
      return own;
    },
    { now: () => new Date(at), freshMs: 5000 },
  );
  return {
    model,
    pass: (ms: number) => (at += ms),
    fail: (does: boolean) => (fails = does),
    /** From now on readings wait; what is returned ends the one that waits. */
    hold: () => {
      release = () => {};
      return () => release?.();
    },
    reads: () => reads,
  };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('a read model', () => {
  test('is read once for all who ask at the same time, and again once it is too old', async () => {
    const { model, pass, reads } = counting();
    expect(await Promise.all([model.get(), model.get(), model.get()])).toEqual([1, 1, 1]);
    pass(4999);
    expect(await model.get()).toBe(1);
    pass(1);
    expect(await model.get()).toBe(2);
    expect(reads()).toBe(2);
  });

  test('that takes long to read is read no more than a fifth of the time', async () => {
    const { model, pass } = counting(10_000);
    expect(await model.get()).toBe(1);
    pass(39_999);
    expect(await model.get()).toBe(1);
    pass(1);
    // Shown as it was while it is read again.
    expect(await model.get()).toBe(1);
    await soon();
    expect(await model.get()).toBe(2);
  });

  test('that was forgotten is waited for, even where it is just being read', async () => {
    const { model, hold, pass } = counting(10_000);
    await model.get();
    pass(60_000);
    const release = hold();
    expect(await model.get()).toBe(1);
    model.forget();
    const anew = model.get();
    release();
    expect(await anew).toBe(3);
  });

  test('that cannot be read says so, rather than show what was', async () => {
    const { model, fail, pass } = counting();
    expect(await model.get()).toBe(1);
    fail(true);
    pass(5000);
    await expect(model.get()).rejects.toThrow('storage does not answer');
    await expect(model.get()).rejects.toThrow('storage does not answer');
    fail(false);
    expect(await model.get()).toBe(4);
  });

  test('that takes long and cannot be read is shown once more, and then says so', async () => {
    const { model, fail, pass } = counting(10_000);
    await model.get();
    fail(true);
    pass(60_000);
    expect(await model.get()).toBe(1);
    await soon();
    await expect(model.get()).rejects.toThrow('storage does not answer');
  });
});

describe('a cluster as it is now', () => {
  const one = (name: string | number) => resourceId(`/clusters/${name}`);

  test('is read once a minute, however many look at it', async () => {
    let at = 0;
    let reads = 0;
    const live = liveReads(() => new Date(at));
    const read = async () => {
      reads += 1;
      return [];
    };
    const first = live.of(one('a'), read);
    expect(live.of(one('a'), read)).toBe(first);
    at = 59_999;
    expect((await live.of(one('a'), read)).readAt).toEqual(new Date(0));
    at = 60_000;
    expect((await live.of(one('a'), read)).readAt).toEqual(new Date(60_000));
    expect(reads).toBe(2);
  });

  test('that could not be read is read again', async () => {
    const live = liveReads(() => new Date(0));
    const failing = () => Promise.reject(new Error('busy'));
    await expect(live.of(one('a'), failing)).rejects.toThrow('busy');
    expect((await live.of(one('a'), async () => [])).items).toEqual([]);
  });

  test('is kept with nineteen others, and no more', async () => {
    let reads = 0;
    const live = liveReads(() => new Date(0));
    const read = async () => {
      reads += 1;
      return [];
    };
    for (let index = 0; index <= 20; index += 1) await live.of(one(index), read);
    await live.of(one(20), read);
    expect(reads).toBe(21);
    await live.of(one(0), read);
    expect(reads).toBe(22);
  });
});
