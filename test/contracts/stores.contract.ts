/** What every place promises that keeps the service's state, whatever it keeps it in. */
import { expect, test } from 'vitest';
import type { Alert } from '../../shared/model/alert.ts';
import type { Finding, Transition } from '../../shared/model/finding.ts';
import { type ResourceId, resourceId } from '../../shared/model/resource-id.ts';
import {
  type ClusterState,
  ConflictError,
  type ScanState,
  type Stores,
} from '../../shared/store-ports.ts';
import { fingerprint } from '../../shared/findings/fingerprint.ts';

export function clusterNamed(name: string, subscription = 's1'): ResourceId {
  return resourceId(
    `/subscriptions/${subscription}/resourcegroups/g/providers/microsoft.containerservice/managedclusters/${name}`,
  );
}

export function findingOf(
  clusterId: ResourceId,
  checkId = 'check',
  more: Partial<Finding> = {},
): Finding {
  const at = '2026-11-24T02:00:00.000Z';
  return {
    fingerprint: fingerprint(checkId, clusterId),
    checkId,
    clusterId,
    state: 'open',
    exempt: null,
    severity: 'high',
    summary: 'The rules keep callers out.',
    evidence: [{ at: clusterId, says: 'é𝄞' }],
    firstSeen: at,
    lastSeen: at,
    since: at,
    readAt: at,
    reopened: 0,
    sequence: 1,
    ...more,
  };
}

function opened(finding: Finding): Transition {
  const { sequence, readAt: at } = finding;
  return { kind: 'opened', fingerprint: finding.fingerprint, sequence, at, finding };
}

function alertOf(digit: string): Alert {
  const { clusterId: subject, checkId, severity, summary, since } = findingOf(clusterNamed('a'));
  return {
    id: digit.repeat(32),
    source: 'findings',
    subject,
    checkId,
    severity,
    summary,
    since,
    state: 'open',
    sequence: 1,
    times: 1,
    confirmed: 0,
    deliveries: { pager: { sequence: 1, firing: true, times: 1, failures: 0 } },
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function* piecesOf(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

/** `emptyStores` makes a place with nothing in it. */
export function storesContract(emptyStores: () => Promise<Stores> | Stores): void {
  const a = clusterNamed('a');
  const b = clusterNamed('b', 's2');
  const readAt = '2026-11-24T02:00:00.000Z';

  test('findings and what is to be told of them are kept together', async () => {
    const { findings } = await emptyStores();
    expect(await findings.of(a)).toEqual({ findings: [] });
    const [one, two] = [findingOf(a, 'one'), findingOf(a, 'two')];
    await findings.record(a, {
      readAt,
      changed: [{ finding: one, transition: opened(one) }, { finding: two }],
    });
    const found = await findings.of(a);
    expect(found).toMatchObject({ readAt, version: expect.any(String) });
    expect(new Set(found.findings)).toEqual(new Set([one, two]));
    expect(await all(findings.undelivered())).toEqual([opened(one)]);
    expect(await findings.of(b)).toEqual({ findings: [] });
  });

  test('of two that record at once one is refused, and nothing of it is kept', async () => {
    const { findings } = await emptyStores();
    const one = findingOf(a, 'one');
    await findings.record(a, { readAt, changed: [] });
    const { version = '' } = await findings.of(a);
    await findings.record(a, { readAt, version, changed: [] });
    const late = { readAt, version, changed: [{ finding: one, transition: opened(one) }] };
    await expect(findings.record(a, late)).rejects.toThrow(ConflictError);
    await expect(findings.record(a, { readAt, changed: [{ finding: one }] })).rejects.toThrow(
      ConflictError,
    );
    expect((await findings.of(a)).findings).toEqual([]);
    expect(await all(findings.undelivered())).toEqual([]);
  });

  test('as many findings as there are checks fit one recording, all of them told', async () => {
    const { findings } = await emptyStores();
    const many = Array.from({ length: 49 }, (_, index) => findingOf(a, `check-${index}`));
    const changed = many.map((finding) => ({ finding, transition: opened(finding) }));
    await findings.record(a, { readAt, changed });
    expect((await findings.of(a)).findings).toHaveLength(49);
    const more = [...changed, ...changed.map(({ finding }) => ({ finding }))];
    await expect(findings.record(b, { readAt, changed: more })).rejects.toThrow(RangeError);
  });

  test('evidence that is longer than a row comes back whole', async () => {
    const { findings } = await emptyStores();
    const says = 'a rule of many words '.repeat(4000);
    const long = findingOf(a, 'long', { evidence: [{ at: a, says }] });
    await findings.record(a, { readAt, changed: [{ finding: long, transition: opened(long) }] });
    expect((await findings.of(a)).findings).toEqual([long]);
    expect(await all(findings.undelivered())).toEqual([opened(long)]);
  });

  test('a transition is told until it is delivered, and stays in the history', async () => {
    const { findings } = await emptyStores();
    const first = findingOf(a);
    await findings.record(a, { readAt, changed: [{ finding: first, transition: opened(first) }] });
    const second = findingOf(a, 'check', { state: 'resolved', sequence: 2 });
    const resolved: Transition = { ...opened(second), kind: 'resolved' };
    const { version = '' } = await findings.of(a);
    const changed = [{ finding: second, transition: resolved }];
    await findings.record(a, { readAt, version, changed });
    await findings.delivered(opened(first));
    await findings.delivered(opened(first));
    expect(await all(findings.undelivered())).toEqual([resolved]);
    expect(await findings.history(first)).toEqual([opened(first), resolved]);
    expect(await findings.forget('2026-11-24T00:00:00.000Z')).toBe(0);
    expect(await findings.forget('2026-11-25T00:00:00.000Z')).toBe(2);
    expect(await findings.history(first)).toEqual([]);
    expect((await findings.of(a)).findings).toEqual([second]);
  });

  test('the history of a cluster is that of all its findings, told or not, oldest first', async () => {
    const { findings } = await emptyStores();
    const at = (hour: number): string => `2026-11-24T0${hour}:00:00.000Z`;
    const moved = (checkId: string, sequence: number, hour: number): Transition => {
      const finding = findingOf(a, checkId, { sequence, readAt: at(hour) });
      return opened(finding);
    };
    const [first, other, second] = [moved('two', 1, 1), moved('one', 1, 2), moved('two', 2, 3)];
    const changed = [other, second].map((transition) => ({
      finding: transition.finding,
      transition,
    }));
    await findings.record(a, {
      readAt,
      changed: [{ finding: first.finding, transition: first }],
    });
    const { version = '' } = await findings.of(a);
    await findings.record(a, { readAt, version, changed });
    const elsewhere = opened(findingOf(b));
    await findings.record(b, {
      readAt,
      changed: [{ finding: elsewhere.finding, transition: elsewhere }],
    });
    await findings.delivered(second);
    expect(await findings.history({ clusterId: a })).toEqual([first, other, second]);
    expect(await findings.history(other.finding)).toEqual([other]);
  });

  test('conditions are findings of their own, beside the alerts', async () => {
    const { conditions, findings, alerts } = await emptyStores();
    const one = findingOf(a);
    await conditions.record(a, { readAt, changed: [{ finding: one, transition: opened(one) }] });
    await alerts.put(alertOf('1'));
    expect((await conditions.of(a)).findings).toEqual([one]);
    expect(await conditions.history(one)).toEqual([opened(one)]);
    expect((await conditions.page(10)).items).toEqual([one]);
    expect((await findings.of(a)).findings).toEqual([]);
    await conditions.delivered(opened(one));
    expect(await all(conditions.undelivered())).toEqual([]);
    expect((await alerts.page(10)).items).toEqual([alertOf('1')]);
  });

  test('an alert is written where it is as it was read', async () => {
    const { alerts } = await emptyStores();
    const alert = alertOf('1');
    expect(await alerts.get(alert.id)).toBeUndefined();
    await alerts.put(alert);
    await expect(alerts.put(alert)).rejects.toThrow(ConflictError);
    const kept = await alerts.get(alert.id);
    expect(kept?.value).toEqual(alert);
    await alerts.put({ ...alert, state: 'resolved' }, kept?.version);
    await expect(alerts.put(alert, kept?.version)).rejects.toThrow(ConflictError);
    await alerts.put(alertOf('2'));
    await alerts.put(alertOf('3'));
    const first = await alerts.page(2);
    const second = await alerts.page(2, first.next);
    const listed = [...first.items, ...second.items].map(({ id }) => id);
    expect(listed).toEqual(['1', '2', '3'].map((digit) => alertOf(digit).id));
    expect(await alerts.forget('2026-11-25T00:00:00.000Z')).toBe(1);
    expect(await alerts.get(alert.id)).toBeUndefined();
  });

  test('findings are listed page by page, each once', async () => {
    const { findings } = await emptyStores();
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) {
      const finding = findingOf(clusterNamed(name));
      await findings.record(finding.clusterId, { readAt, changed: [{ finding }] });
    }
    const first = await findings.page(2);
    const second = await findings.page(2, first.next);
    const third = await findings.page(2, second.next);
    const listed = [...first.items, ...second.items, ...third.items].map((each) => each.clusterId);
    expect(listed.toSorted()).toEqual(names.map((name) => clusterNamed(name)));
    expect([first.items.length, second.items.length, third.next]).toEqual([2, 2, undefined]);
  });

  test('a cluster is written where it is as it was read', async () => {
    const { clusters } = await emptyStores();
    const state: ClusterState = { id: a, dependencies: [a], roots: [] };
    expect(await clusters.get(a)).toBeUndefined();
    await clusters.put(state);
    await expect(clusters.put(state)).rejects.toThrow(ConflictError);
    const kept = await clusters.get(a);
    expect(kept?.value).toEqual(state);
    const later = { ...state, readAt };
    await clusters.put(later, kept?.version);
    await expect(clusters.put(state, kept?.version)).rejects.toThrow(ConflictError);
    await clusters.put({ id: b, dependencies: [], roots: [] });
    const listed = (await all(clusters.list())).map(({ value }) => value.id);
    expect(listed.toSorted()).toEqual([a, b].toSorted());
    await expect(clusters.remove(a, kept?.version ?? '')).rejects.toThrow(ConflictError);
    expect((await clusters.get(a))?.value).toEqual(later);
    const { version = '' } = (await clusters.get(a)) ?? {};
    await clusters.remove(a, version);
    await expect(clusters.remove(a, version)).rejects.toThrow(ConflictError);
    expect(await clusters.get(a)).toBeUndefined();
    await expect(clusters.put(later, kept?.version)).rejects.toThrow(ConflictError);
  });

  test('clusters are written many at a time, but for those that somebody else has written', async () => {
    const { clusters } = await emptyStores();
    const ids = Array.from({ length: 230 }, (_, index) =>
      clusterNamed(`aks-${index}`, `s${index % 2}`),
    );
    const states = ids.map((id): ClusterState => ({ id, dependencies: [], roots: [] }));
    expect(await clusters.putAll([])).toEqual([]);
    expect(await clusters.putAll(states.map((value) => ({ value })))).toEqual([]);
    const kept = await all(clusters.list());
    expect(kept.map(({ value }) => value.id).toSorted()).toEqual(ids.toSorted());
    const [early, late] = [ids[7], ids[100]];
    if (early === undefined || late === undefined) throw new Error('there is no such cluster');
    const quicker = { id: late, dependencies: [early], roots: [] };
    await clusters.put(quicker, kept.find(({ value }) => value.id === late)?.version);
    await clusters.remove(early, kept.find(({ value }) => value.id === early)?.version ?? '');
    const written = kept.map(({ value, version }) => ({ value: { ...value, readAt }, version }));
    expect((await clusters.putAll(written)).toSorted()).toEqual([early, late].toSorted());
    const after = await all(clusters.list());
    expect(after.filter((each) => each.value.readAt === readAt)).toHaveLength(228);
    expect((await clusters.get(late))?.value).toEqual(quicker);
  });

  test('who asked for a resource is kept beside those that depend on it', async () => {
    const { discoveries, dependencies } = await emptyStores();
    const asked = { resource: a, askedAt: readAt, sent: false };
    expect(await discoveries.get(a)).toBeUndefined();
    expect(await discoveries.inSubscriptionOf(a)).toEqual([]);
    await discoveries.put(asked);
    await expect(discoveries.put(asked)).rejects.toThrow(ConflictError);
    const { version = '' } = (await discoveries.get(a)) ?? {};
    await discoveries.put({ ...asked, sent: true }, version);
    await expect(discoveries.put(asked, version)).rejects.toThrow(ConflictError);
    expect((await discoveries.get(a))?.value).toEqual({ ...asked, sent: true });
    expect(await dependencies.clustersOf([a])).toEqual([]);
    await dependencies.replace([{ cluster: a, before: [], after: [a] }]);
    const elsewhere = resourceId('/subscriptions/elsewhere/resourcegroups/g');
    await discoveries.put({ ...asked, resource: elsewhere });
    const besides = await discoveries.inSubscriptionOf(a);
    expect(besides).toEqual([await discoveries.get(a)]);
    await expect(discoveries.remove(a, version)).rejects.toThrow(ConflictError);
    await discoveries.remove(a, besides[0]?.version ?? '');
    expect(await discoveries.get(a)).toBeUndefined();
    await expect(discoveries.remove(a, version)).rejects.toThrow(ConflictError);
  });

  test('a resource leads to the clusters that depend on it', async () => {
    const { dependencies } = await emptyStores();
    const group = resourceId('/subscriptions/s1/resourcegroups/g/providers/x/groups/nsg');
    const other = resourceId('/subscriptions/s2/resourcegroups/g/providers/x/groups/nsg');
    await dependencies.replace([
      { cluster: a, before: [], after: [group, a] },
      { cluster: b, before: [], after: [group, other] },
    ]);
    expect(await dependencies.clustersOf([group])).toEqual([a, b].toSorted());
    expect(await dependencies.clustersOf([other, resourceId('/x')])).toEqual([b]);
    await dependencies.replace([{ cluster: b, before: [group, other], after: [other] }]);
    await dependencies.replace([{ cluster: b, before: [group, other], after: [other] }]);
    expect(await dependencies.clustersOf([group])).toEqual([a]);
    const many = Array.from({ length: 250 }, (_, index) => resourceId(`${group}-${index}`));
    await dependencies.replace([{ cluster: a, before: [group, a], after: many }]);
    expect(await dependencies.clustersOf(many.slice(240))).toEqual([a]);
    expect(await dependencies.clustersOf([group, a])).toEqual([]);
  });

  test('scans come newest first, with their shards', async () => {
    const { scans } = await emptyStores();
    const scan = (scanId: string, startedAt: string): ScanState => {
      const counts = { shards: 2, clusters: 3 };
      return { scanId, startedAt, state: 'running', ...counts, scope: {} };
    };
    await scans.put(scan('older', '2026-11-23T02:00:00.000Z'));
    await scans.put(scan('newer', '2026-11-24T02:00:00.000Z'));
    const listed = (await all(scans.list())).map(({ value }) => value.scanId);
    expect(listed).toEqual(['newer', 'older']);
    const kept = await scans.get('older');
    if (kept === undefined) throw new Error('the scan is not there');
    await scans.put({ ...kept.value, state: 'complete' }, kept.version);
    await expect(scans.put(kept.value, kept.version)).rejects.toThrow(ConflictError);
    const shard = { scanId: 'newer', shard: 2, state: 'queued', clusters: 1 } as const;
    await scans.putShard(shard);
    await scans.putShard({ ...shard, shard: 10 });
    const found = await scans.shard('newer', 2);
    await scans.putShard({ ...shard, state: 'done' }, found?.version);
    await expect(scans.putShard(shard, found?.version)).rejects.toThrow(ConflictError);
    expect((await scans.shards('newer')).map((each) => [each.shard, each.state])).toEqual([
      [2, 'done'],
      [10, 'queued'],
    ]);
    await scans.remove(scan('newer', '2026-11-24T02:00:00.000Z'));
    expect(await scans.get('newer')).toBeUndefined();
    expect(await scans.shards('newer')).toEqual([]);
  });

  test('the trend is kept from a day on, and forgotten before another', async () => {
    const { trend } = await emptyStores();
    const point = (day: string) => ({
      at: `2026-11-${day}T02:00:00.000Z`,
      scanId: `scan-${day}`,
      complete: true,
      clusters: 1,
      compliant: 1,
      nonCompliant: 0,
      unknown: 0,
      bySeverity: { high: 0 },
    });
    for (const day of ['22', '24', '23']) await trend.add(point(day));
    await trend.add(point('24'));
    const from = '2026-11-23T00:00:00.000Z';
    expect((await trend.since(from)).map(({ scanId }) => scanId)).toEqual(['scan-23', 'scan-24']);
    expect(await trend.forget(from)).toBe(1);
    expect(await trend.since('')).toHaveLength(2);
  });

  test('files are read line by line', async () => {
    const { files } = await emptyStores();
    expect(await files.lines('scans/1/a.jsonl')).toBeUndefined();
    await files.write('scans/1/a.jsonl', piecesOf('{"a":', '"é𝄞"}\n', '{}'));
    await files.write('scans/2/b.jsonl', piecesOf(''));
    expect(await all((await files.lines('scans/1/a.jsonl')) ?? piecesOf())).toEqual([
      '{"a":"é𝄞"}',
      '{}',
    ]);
    expect(await all(files.names('scans/1/'))).toEqual(['scans/1/a.jsonl']);
    await files.remove('scans/1/a.jsonl');
    await files.remove('scans/1/a.jsonl');
    expect(await all(files.names('scans/'))).toEqual(['scans/2/b.jsonl']);
  });

  test('queues tell how much waits in them', async () => {
    const { queues } = await emptyStores();
    expect(await queues.depth('cluster-checks')).toEqual({ waiting: 0, poisoned: 0 });
    await queues.send('cluster-checks', { clusterId: a, request: 'r' });
    await queues.send('cluster-checks', { clusterId: b, request: 'r' }, 30_000);
    expect(await queues.depth('cluster-checks')).toEqual({ waiting: 2, poisoned: 0 });
    expect(await queues.depth('scan-shards')).toEqual({ waiting: 0, poisoned: 0 });
  });
}
