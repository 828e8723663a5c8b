/** What every place promises that keeps remediations, whatever it keeps them in. */
import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { JournalRow, Step } from '../../shared/remediation/journal.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import type { NoPlan, RemediationStore } from '../../shared/remediation/remediation-store.ts';
import { ConflictError } from '../../shared/store-ports.ts';
import { madeUpPlan } from '../remediation/made-up-plan.ts';

const start = Date.parse('2026-11-26T03:00:00.000Z');

/** `emptyStore` makes a place with nothing in it, that lives by this clock. */
export function remediationStoreContract(
  emptyStore: (now: () => Date) => Promise<RemediationStore> | RemediationStore,
): void {
  const plan = madeUpPlan(['a', 'b']);
  const requested = (one: Plan): JournalRow => row({ step: 'requested', plan: one, by: 'service' });

  test('a remediation is its rows, and its head says where they leave it', async () => {
    const store = await emptyStore(() => new Date(start));
    expect(await store.get('one')).toBeUndefined();
    const made = await store.create('one', requested(plan));
    expect(made.head).toMatchObject({ id: 'one', state: 'queued', by: 'service', hash: plan.hash });
    const waiting = row({
      step: 'waiting',
      until: '2026-11-26T04:00:00.000Z',
      because: 'no window',
    });
    const later = await store.append(made, waiting);
    expect(later.head).toMatchObject({ state: 'waiting', because: 'no window' });
    expect(later.head.until).toBe('2026-11-26T04:00:00.000Z');
    expect(await store.get('one')).toEqual(later);
    expect(later.rows).toEqual([requested(plan), waiting]);
    await expect(store.create('one', requested(plan))).rejects.toThrow(ConflictError);
  });

  test('of two that add a row at once one is refused, and nothing of it is kept', async () => {
    const store = await emptyStore(() => new Date(start));
    const made = await store.create('one', requested(plan));
    const kept = await store.append(made, row({ step: 'refused', because: 'the mode is alert' }));
    const late = store.append(made, row({ step: 'writing', index: 0 }));
    await expect(late).rejects.toThrow(ConflictError);
    expect(await store.get('one')).toEqual(kept);
  });

  test('an image that is longer than a row comes back whole', async () => {
    const store = await emptyStore(() => new Date(start));
    const made = await store.create('one', requested(plan));
    const image = { id: '/nsg', properties: { note: 'é𝄞 of many words '.repeat(5000) } };
    const confirmed = row({
      step: 'confirmed',
      before: { images: [image], passing: { [resourceId('/cluster')]: ['a'] } },
    });
    await store.append(made, confirmed);
    expect((await store.get('one'))?.rows.at(-1)).toEqual(confirmed);
  });

  test('the latest of a finding is found, and all are listed once', async () => {
    const store = await emptyStore(() => new Date(start));
    expect(await store.latestOf(plan.fingerprint)).toBeUndefined();
    const ids = ['one', 'two', 'three', 'a/b?c#d'];
    for (const id of ids) {
      const made = await store.create(id, requested(plan));
      expect(await store.latestOf(plan.fingerprint)).toEqual(made.head);
    }
    const first = await store.page(3);
    const second = await store.page(3, first.next);
    expect([...first.items, ...second.items].map(({ id }) => id).toSorted()).toEqual(
      ids.toSorted(),
    );
    expect([first.items.length, second.next]).toEqual([3, undefined]);
  });

  test('why a finding has no plan is kept until it is forgotten', async () => {
    const store = await emptyStore(() => new Date(start));
    const moment = (hours: number) => new Date(start + hours * 3_600_000).toISOString();
    const noPlan = (fingerprint: string, hours: number) => ({
      fingerprint,
      because: 'é locked',
      settings: 'of then',
      since: moment(0),
      at: moment(hours),
    });
    const all = async () => {
      const found: NoPlan[] = [];
      for await (const one of store.noPlans()) found.push(one);
      return found.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
    };
    await store.create('one', requested(plan));
    await store.forgetNoPlan('a/b');
    expect([await all(), await store.noPlanFor('a/b')]).toEqual([[], undefined]);
    await store.keepNoPlan(noPlan('a/b', 1));
    await store.keepNoPlan({ ...noPlan('a/b', 2), because: 'the mode is alert' });
    await store.keepNoPlan(noPlan(plan.fingerprint, 1));
    await store.keepNoPlan(noPlan('c', 3));
    expect(await store.forgetNoPlans(moment(2))).toBe(1);
    const later = { ...noPlan('a/b', 2), because: 'the mode is alert' };
    expect(await all()).toEqual([later, noPlan('c', 3)]);
    expect(await store.latestOf(plan.fingerprint)).toMatchObject({ id: 'one' });
    expect(await store.noPlanFor('a/b')).toEqual(later);
    expect(await store.noPlanFor(plan.fingerprint)).toBeUndefined();
    await Promise.all([
      store.forgetNoPlan('a/b'),
      store.forgetNoPlan('a/b'),
      store.forgetNoPlans(moment(3)),
    ]);
    expect(await all()).toEqual([noPlan('c', 3)]);
  });

  test('one holds a resource until it lets go or its time is over', async () => {
    let at = start;
    const store = await emptyStore(() => new Date(at));
    const group = resourceId('/subscriptions/s/nsg');
    expect(await store.lease(group, 'a', 60_000)).toBe(true);
    expect(await store.lease(group, 'a', 90_000)).toBe(true);
    expect(await store.lease(group, 'b', 60_000)).toBe(false);
    expect(await store.lease(resourceId('/other'), 'b', 60_000)).toBe(true);
    await store.release(group, 'b');
    expect(await store.lease(group, 'b', 60_000)).toBe(false);
    await store.release(group, 'a');
    expect(await store.lease(group, 'b', 60_000)).toBe(true);
    at += 60_000;
    expect(await store.lease(group, 'a', 60_000)).toBe(true);
    const both = await Promise.all(['x', 'y'].map((one) => store.lease(group, one, 1)));
    expect(both).toEqual([false, false]);
  });

  test('of many that want a resource at once one has it', async () => {
    const store = await emptyStore(() => new Date(start));
    const holders = ['a', 'b', 'c', 'd', 'e'];
    const held = await Promise.all(
      holders.map((one) => store.lease(resourceId('/nsg'), one, 60_000)),
    );
    expect(held.filter(Boolean)).toHaveLength(1);
  });

  test('what an identity changed is written where it is as it was read', async () => {
    const store = await emptyStore(() => new Date(start));
    expect(await store.past('me')).toBeUndefined();
    const change = {
      resourceId: resourceId('/nsg'),
      fingerprint: 'f',
      at: start,
      outcome: 'done',
    } as const;
    await store.putPast('me', [change]);
    await expect(store.putPast('me', [])).rejects.toThrow(ConflictError);
    const kept = await store.past('me');
    expect(kept?.value).toEqual([change]);
    await store.putPast('me', [change, change], kept?.version);
    await expect(store.putPast('me', [], kept?.version)).rejects.toThrow(ConflictError);
    expect(await store.past('you')).toBeUndefined();
  });
}

function row(step: Step): JournalRow {
  return { ...step, at: new Date(start).toISOString() };
}
