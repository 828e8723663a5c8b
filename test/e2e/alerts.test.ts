/** From a rule that somebody writes to what each receiver hears, and back; and the trace of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { fingerprint } from '../../shared/findings/fingerprint.ts';
import { createRandom } from '../../simulator/estate/random.ts';
import { throwawayCertificate } from '../../simulator/http/certificate.ts';
import { type Receiver, startReceiver } from '../adapters/alerts/receiver.ts';
import { type Stack, findingsIn, groupOf, startStack } from './stack.ts';

const cluster = 'scoring-ok-two-halves';
const group = groupOf(cluster);
/** Its finding opens at the first scan. */
const broken = 'allow-names-yesterdays-ip';
const soon = { timeout: 60_000, interval: 200 };
const deepKills = import.meta.env.MODE === 'deep' ? 50 : 0;
let folder: string;
let stack: Stack;
let host: Stack['host'];
let receiver: Receiver;
let insights: Receiver;

/** What Application Insights is sent, as far as it is looked at. */
const envelopes = z.array(
  z.object({
    tags: z.record(z.string(), z.string()),
    data: z.object({
      baseType: z.string(),
      baseData: z.looseObject({
        id: z.string().optional(),
        name: z.string().optional(),
        properties: z.record(z.string(), z.string()).optional(),
        measurements: z.record(z.string(), z.number()).optional(),
      }),
    }),
  }),
);

beforeAll(async () => {
  const certificate = await throwawayCertificate();
  folder = await mkdtemp(join(tmpdir(), 'portcullis-alerts-'));
  const authority = join(folder, 'authority.pem');
  await writeFile(authority, certificate.cert);
  receiver = await startReceiver();
  insights = await startReceiver(({ body }) => {
    const count = Array.isArray(body) ? body.length : 0;
    const text = JSON.stringify({ itemsReceived: count, itemsAccepted: count, errors: [] });
    return { status: 200, headers: { 'content-type': 'application/json' }, text };
  }, certificate);
  const key = '00000000-0000-4000-8000-000000000000';
  stack = await startStack({
    clusters: [cluster, broken],
    events: { delayMs: 300, duplicates: 0.5 },
    lockSeconds: '2',
    settings: {
      alerts: {
        sinks: [
          { kind: 'applicationInsights' },
          {
            kind: 'eventGrid',
            endpoint: `${receiver.url}/api/events`,
            keyFrom: 'PORTCULLIS_ALERT_KEY',
          },
          { kind: 'webhook', url: `${receiver.url}/hook` },
          { kind: 'teams', urlFrom: 'PORTCULLIS_ALERT_TEAMS' },
        ],
      },
    },
    env: {
      PORTCULLIS_ALERT_KEY: 'the-key',
      PORTCULLIS_ALERT_TEAMS: `${receiver.url}/workflow`,
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${key};IngestionEndpoint=${insights.url}/`,
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
      NODE_EXTRA_CA_CERTS: authority,
      // The library asks Microsoft for settings of its own; here it reaches nobody.
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1,localhost',
    },
  });
  host = stack.host;
});
afterAll(async () => {
  await host.end();
  await stack.stop();
  await Promise.all([receiver.stop(), insights.stop()]);
  await rm(folder, { recursive: true });
});

/** What each receiver was told of the finding under test, as `<sequence> <change>`. */
async function heard() {
  const findings = await findingsIn(stack);
  const about = findings.find(
    ({ checkId, clusterId }) =>
      checkId === 'scoring-inbound-allowed' && clusterId.endsWith(`/${cluster}`),
  );
  const id = about === undefined ? '' : fingerprint(about.checkId, about.clusterId);
  const texts = (path: string) =>
    receiver.received
      .filter((each) => each.path.startsWith(path))
      .map(({ body }) => JSON.stringify(body))
      .filter((text) => text.includes(id) && id !== '');
  const told = (text: string) =>
    `${new RegExp(String.raw`${id}/(\d+)|"sequence":(\d+)`).exec(text)?.slice(1).join('')} ${/resolved|Resolved/.test(text) ? 'resolved' : 'fired'}`;
  const events = insightsOf('EventData').filter(({ properties }) => properties?.['alertId'] === id);
  return {
    eventGrid: texts('/api/events').map(told),
    webhook: texts('/hook').map(told),
    teams: texts('/workflow').map(told),
    applicationInsights: events.map(
      ({ measurements, properties }) =>
        `${measurements?.['sequence']} ${properties?.['change'] === 'resolved' ? 'resolved' : 'fired'}`,
    ),
  };
}

function insightsOf(baseType: string) {
  return insights.received
    .flatMap(({ body }) => envelopes.parse(body))
    .filter(({ data }) => data.baseType === baseType)
    .map(({ tags, data }) => ({ ...data.baseData, tags }));
}

function everywhere(...told: readonly string[]) {
  return { eventGrid: told, webhook: told, teams: told, applicationInsights: told };
}

test('a break is one alert at each receiver, and its mending one resolution', async () => {
  await stack.scan();
  await expect.poll(async () => (await stack.health()).lastScan?.state, soon).toBe('complete');
  expect(await heard()).toEqual(everywhere());
  await stack.writeRule(group, 'deny-callers', 100);
  await expect.poll(heard, soon).toEqual(everywhere('1 fired'));
  await stack.removeRule(group, 'deny-callers');
  await expect.poll(heard, soon).toEqual(everywhere('1 fired', '2 resolved'));
  // Whatever comes late or twice changes nothing.
  await stack.scan();
  await sleep(1500);
  expect(await heard()).toEqual(everywhere('1 fired', '2 resolved'));
});

test('a trace joins the timer to its shards and alerts, and an event to its alert', async () => {
  const spans = () =>
    insightsOf('RequestData').map(({ name, id, properties, tags }) => ({
      name,
      id,
      alert: properties?.['id'],
      trace: tags['ai.operation.id'],
      parent: tags['ai.operation.parentId'],
    }));
  /** The names from the first span of a trace to this one. */
  function path(span: ReturnType<typeof spans>[number]): readonly (string | undefined)[] {
    const before = spans().find(({ id, trace }) => id === span.parent && trace === span.trace);
    return [...(before === undefined ? [] : path(before)), span.name];
  }
  const paths = () => spans().map((each) => path(each).join(' > '));
  await expect.poll(paths, soon).toContain('scheduled-scan > scan-shard > deliver-alert');
  await expect.poll(paths, soon).toContain('resource-changed > check-cluster > deliver-alert');
  const alerted = spans().filter(
    ({ name, alert }) => name === 'deliver-alert' && alert !== undefined,
  );
  expect(alerted.length).toBeGreaterThan(0);
});

test.runIf(deepKills > 0)(
  `killed at ${deepKills} moments, each receiver hears every transition, in order`,
  async () => {
    const random = createRandom(8, deepKills);
    for (let kill = 1; kill <= deepKills; kill += 1) {
      const isHurt = kill % 2 === 1;
      if (isHurt) await stack.writeRule(group, 'deny-callers', 100);
      else await stack.removeRule(group, 'deny-callers');
      await sleep(random.int(0, 4000));
      // Nobody is asked: whatever it does is cut off in the middle.
      process.kill(host.pid, 'SIGKILL');
      await host.ended;
      host = await stack.startHost();
      await stack.subscribeTo(host.ready);
      const last = `${kill + 2} ${isHurt ? 'fired' : 'resolved'}`;
      const unique = async () =>
        Object.values(await heard()).map((all) => all.filter((each, at) => each !== all[at - 1]));
      // A lease of the one that was killed has to run out first, and what was recorded and not yet
      // sent is found by housekeeping, which runs every five minutes by itself.
      const latest = async () => {
        await stack.keepHouse(host.ready);
        return (await unique()).map((all) => all.at(-1));
      };
      await expect
        .poll(latest, { interval: 2000, timeout: 300_000 })
        .toEqual([last, last, last, last]);
      const numbers = Array.from({ length: kill + 2 }, (_, at) => String(at + 1));
      for (const all of await unique()) {
        expect(all.map((each) => each.split(' ')[0])).toEqual(numbers);
      }
    }
  },
  deepKills * 320_000,
);
