/** The whole service in one process, by a clock of its own, with everything that can go wrong around it. */
import { memoryFiles } from '../../shared/adapters/store/memory-files.ts';
import { type Received, memoryQueues } from '../../shared/adapters/store/memory-queues.ts';
import { memoryReports } from '../../shared/adapters/store/memory-reports.ts';
import { memoryTables } from '../../shared/adapters/store/memory-tables.ts';
import { storesOn } from '../../shared/adapters/store/stores.ts';
import type { TableStore } from '../../shared/adapters/store/table-store.ts';
import { admit } from '../../shared/api/admit.ts';
import { answer, isAnswered } from '../../shared/api/answers.ts';
import { liveReads } from '../../shared/api/live-reads.ts';
import { readModels } from '../../shared/api/read-models.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import type { AlertMessage } from '../../shared/model/alert.ts';
import { checkCluster, discover } from '../../shared/pipeline/check-cluster.ts';
import { cutScan } from '../../shared/pipeline/cut-scan.ts';
import { takeDeadLetter } from '../../shared/pipeline/dead-letters.ts';
import { deliverAlert } from '../../shared/pipeline/deliver-alert.ts';
import { keepHouse } from '../../shared/pipeline/housekeeping.ts';
import {
  alertMessageKey,
  checkMessage,
  messageIn,
  remediationMessage,
  shardMessage,
} from '../../shared/pipeline/messages.ts';
import { noteChange } from '../../shared/pipeline/note-change.ts';
import { remediateFinding } from '../../shared/pipeline/remediate-finding.ts';
import { changeIn } from '../../shared/pipeline/resource-event.ts';
import { scanShard } from '../../shared/pipeline/scan-shard.ts';
import type { ServiceContext } from '../../shared/pipeline/service-context.ts';
import { SinkError } from '../../shared/ports.ts';
import { memorySpool } from '../../shared/reports/json-report.ts';
import { type Report, parseReport } from '../../shared/reports/report.ts';
import { nameOfSink } from '../../shared/settings/alert-settings.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { UsageError } from '../../shared/settings/usage-error.ts';
import { type MessageQueues, type WorkFiles, queueNames } from '../../shared/store-ports.ts';
import { createRandom } from '../../simulator/estate/random.ts';
import { type Door, approversAt } from './approver.ts';
import { type Drift, type DriftingEstate, keyOf } from './drifting-estate.ts';
import { type HeldAzure, azureByWire, azureInMemory } from './held-azure.ts';
import { Happened, Killed, type Life, Mishap, type Trouble, lifeUnder } from './trouble.ts';

const minute = 60_000;
/** A message that is being handled by a process which is gone appears again after so long. */
const hiddenMs = 10 * minute;
const houseEveryMs = 5 * minute;
/** At no moment that housekeeping always has. */
const sitEveryMs = 13 * minute;
/** As often the host gives a message before it is parked. */
const mostDequeues = 5;
/** No moment of a run has a tenth of so many messages: where one has, they lead to ever more of them. */
const mostAtOnce = 2000;
const sinks: readonly string[] = ['pager', 'desk'];

export interface WorldOptions {
  readonly estate: DriftingEstate;
  readonly seed: number;
  readonly azure: 'byWire' | 'inMemory';
  /** How long an answer of Azure by wire is waited for. */
  readonly attemptMs?: number;
}

/** What a receiver took. */
export interface Heard extends Pick<AlertMessage, 'id' | 'sequence'> {
  readonly sink: string;
}

/** A report, and when by a right clock it was begun and saved. */
export interface SavedReport {
  readonly report: Report;
  readonly from: number;
  readonly to: number;
}

export type World = Awaited<ReturnType<typeof createWorld>>;

export async function createWorld(options: WorldOptions) {
  const { estate, seed } = options;
  const random = createRandom(0xc4a05, seed);
  /** For what befalls those who decide, so that the rest is as it would be without them. */
  const asking = createRandom(0xa5c, seed);
  const happened = new Happened();
  /** How often the service had to begin something again. */
  const retried = new Happened();
  let at = Date.parse('2026-11-24T02:00:00.000Z');
  /** What the service's clock is wrong by. */
  let skewMs = 0;
  let ids = 0;
  let scansSaved = 0;
  let transitions = 0;
  let trouble: Trouble = {};
  let remediates = false;
  let attends = false;
  const trueNow = () => new Date(at);
  const now = () => new Date(at + skewMs);
  const tables = memoryTables();
  const files = memoryFiles();
  const snapshots = memoryFiles();
  const queues = memoryQueues(trueNow);
  const reports = memoryReports(now);
  const heard: Heard[] = [];
  const told: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] =
    [];
  const defects: unknown[] = [];
  /** Reports in the order in which they were saved. */
  const saved: SavedReport[] = [];
  /** When scans really began. */
  const begun = new Map<string, number>();
  const drifts: { readonly at: number; readonly cluster: string }[] = [];
  const agenda: { readonly at: number; readonly act: () => Promise<void> }[] = [];
  const held = {
    rows: estate.rows,
    isDirectoryOpen: () => estate.hasUnknownMembers(),
    now: trueNow,
    random,
    happened,
    wait: async (milliseconds: number) => {
      at += milliseconds;
    },
  };
  const azure: HeldAzure =
    options.azure === 'byWire'
      ? await azureByWire(held, options.attemptMs ?? 30_000)
      : await azureInMemory(held);

  function settings() {
    const parsed = parseSettings({
      ...estate.settings(),
      mode: remediates ? 'remediate' : 'alert',
      guard: { cooldownMinutes: 0 },
      alerts: {
        minimumSeverity: 'info',
        sinks: sinks.map((name) => ({ kind: 'webhook', name, url: `https://${name}.example` })),
      },
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return parsed.settings;
  }

  /** What one invocation of a function works with. */
  function contextOf(life: Life): ServiceContext {
    const place = {
      tables: steppingTables(tables, life),
      files: steppingFiles(files, life),
      snapshots: steppingFiles(snapshots, life),
      queues: unsureQueues(life),
      now,
    };
    const stores = storesOn(place);
    return {
      cloud: 'simulated',
      tenant: azure.tenant(life),
      calls: () => azure.calls(),
      stores,
      remediations: stores.remediations,
      maxMode: 'remediate',
      wait: async (milliseconds) => {
        at += milliseconds;
      },
      reports: {
        save: (scan, pieces) =>
          life.step('files', true, async () => {
            await reports.save(scan, pieces);
            const latest = await readLatest();
            if (latest?.scanId === scan.scanId) {
              saved.push({ report: latest, from: begun.get(scan.scanId) ?? at, to: at });
            }
          }),
      },
      catalogue,
      settings: async () => {
        if (happened.strikes(random, trouble.unreadableSettings ?? 0, 'settings unreadable')) {
          throw new UsageError(['the settings cannot be read']);
        }
        return settings();
      },
      now,
      checkDelayMs: 30_000,
      newId: () => `id-${(ids += 1)}`,
      spool: memorySpool,
      tell: (message, fields) => {
        if (message === 'scan progress' && !begun.has(String(fields['scanId']))) {
          begun.set(String(fields['scanId']), at);
        }
        if (message === 'scan saved') scansSaved += 1;
        if (message === 'finding') transitions += 1;
        if (message === 'check defect') defects.push(fields);
        if (message === 'dead letter') retried.note('dead letters');
        told.push({ message, fields });
        if (told.length > 2000) told.splice(0, 1000);
      },
      sinkOf: (sink) => ({
        send: async (message) => {
          const name = nameOfSink(sink);
          try {
            await life.step('receivers', true, async () => {
              const { id, sequence } = message;
              heard.push({ sink: name, id, sequence });
            });
          } catch (error) {
            if (!(error instanceof Mishap)) throw error;
            throw new SinkError('answered 500', { cause: error });
          }
        },
      }),
      alertPlaces: { portal: 'https://portal.azure.com' },
      deadline: () => new AbortController().signal,
    };
  }

  /** Messages that are sent, and what becomes of them on their way. */
  function unsureQueues(life: Life): MessageQueues {
    return {
      depth: (queue, signal) => life.step('queues', false, () => queues.depth(queue, signal)),
      send: (queue, message, afterMs = 0) =>
        life.step('queues', true, async () => {
          const { lost = 0, twice = 0, late = 0 } = trouble.messages ?? {};
          if (happened.strikes(random, lost, 'message lost')) return;
          const isLate = happened.strikes(random, late, 'message late');
          await queues.send(queue, message, afterMs + (isLate ? random.int(0, 5 * minute) : 0));
          if (!happened.strikes(random, twice, 'message twice')) return;
          await queues.send(queue, message, afterMs + random.int(0, minute));
        }),
    };
  }

  async function handle(context: ServiceContext, queue: string, text: string, life: Life) {
    const message: unknown = JSON.parse(text);
    if (queue === 'scan-shards') await scanShard(context, messageIn(shardMessage, message));
    else if (queue === 'cluster-checks') {
      const check = messageIn(checkMessage, message);
      if ('discover' in check) await discover(context, check.discover);
      else await checkCluster(context, check);
    } else if (queue === 'remediations') {
      const access = { identity: 'remediator', open: async () => azure.writer(life) };
      await remediateFinding(context, access, messageIn(remediationMessage, message));
    } else if (queue === 'alerts') {
      await deliverAlert(context, messageIn(alertMessageKey, message));
    } else {
      const name = queueNames.find((one) => `${one}-poison` === queue);
      if (name === undefined) throw new Error(`there is no queue ${queue}`);
      await takeDeadLetter(context, name, message);
    }
  }

  async function serve(message: Received): Promise<void> {
    const life = lifeUnder(() => trouble, random, happened);
    try {
      await handle(contextOf(life), message.queue, message.text, life);
      queues.complete(message);
    } catch (error) {
      retried.note(message.queue.endsWith('-poison') ? 'dead letters again' : 'messages again');
      // Of a process that was killed nobody tells the queue: the message appears again.
      if (!(error instanceof Killed)) queues.fail(message, mostDequeues);
    }
  }

  /** One run of a timer; what it throws stands in a log, and the timer waits for its next moment. */
  async function tick(work: (context: ServiceContext) => Promise<unknown>): Promise<boolean> {
    try {
      await work(contextOf(lifeUnder(() => trouble, random, happened)));
      return true;
    } catch (error) {
      retried.note('timers again');
      told.push({ message: 'timer failed', fields: { error } });
      return false;
    }
  }

  /** What comes of a request to the API, by a process of its own. */
  const door: Door = async (caller, method, path, { query = {}, body }) => {
    const life = lifeUnder(() => trouble, asking, happened);
    const context = contextOf(life);
    const { remediations, maxMode } = context;
    const stores = { ...context.stores, remediations };
    const reading = async () => ({
      from: 'a run',
      settings: await context.settings(),
      problems: [],
    });
    const header = (name: string) => ofOurPage[name] ?? null;
    const admitted = admit({ method, path, query: new URLSearchParams(query), header }, caller);
    if (admitted.kind === 'refused') return admitted;
    if (!isAnswered(admitted.name)) throw new Error(`${path} is answered by the functions`);
    const api = {
      stores,
      remediations,
      models: readModels(stores, reading, now),
      live: liveReads(now),
      catalogue,
      maxMode,
      about: { version: '0.0.0', cloud: 'simulated', scanSchedule: '0 0 2 * * *' },
      now,
      step: async () => context,
    };
    return answer(api, admitted, admitted.name, JSON.stringify(body));
  };

  const approvers = approversAt(door, estate.seed);

  /** Has somebody look at what waits, again and again for as long as they are there. */
  function sitFrom(first: number): void {
    agenda.push({
      at: first,
      act: async () => {
        if (!attends) return;
        await approvers.sit();
        sitFrom(at + sitEveryMs);
      },
    });
  }

  /** Event Grid delivers an event until it is taken. */
  function deliver(event: object, dueAt: number, retryMs = 10_000): void {
    agenda.push({
      at: dueAt,
      act: async () => {
        const taken = await tick(async (context) => {
          const change = changeIn(event, context.now());
          if (change === undefined) throw new TypeError('the event tells of no change');
          await noteChange(context, change);
        });
        if (!taken) deliver(event, at + retryMs, Math.min(retryMs * 3, 10 * minute));
      },
    });
  }

  function announce({ put, removed }: Drift): void {
    const { twice = 0, lost = 0, late = 0 } = trouble.events ?? {};
    const changed = [
      ...put.map((row) => ({ id: String(row['id']), verb: 'write', type: 'Write' })),
      ...removed.map((id) => ({ id, verb: 'delete', type: 'Delete' })),
    ];
    for (const { id, verb, type } of random.shuffled(changed)) {
      if (!/^\/subscriptions\//i.test(id)) continue;
      if (happened.strikes(random, lost, 'event lost')) continue;
      const event = {
        eventType: `Microsoft.Resources.Resource${type}Success`,
        eventTime: trueNow().toISOString(),
        subject: id,
        data: { resourceUri: id, operationName: `Microsoft.Something/${verb}`, claims: {} },
      };
      const copies = happened.strikes(random, twice, 'event twice') ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const isLate = happened.strikes(random, late, 'event late');
        deliver(event, at + random.int(0, isLate ? 20 * minute : 2000));
      }
    }
  }

  async function readLatest(): Promise<Report | undefined> {
    const stored = await reports.latest();
    if (stored === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of stored.read()) chunks.push(chunk);
    return parseReport(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  }

  let houseAt = at + houseEveryMs;
  let clockAt = at;
  let clockTurn = 0;

  function turnClock(): void {
    const turns = trouble.clock ?? [];
    if (turns.length === 0) {
      skewMs = 0;
      return;
    }
    if (at < clockAt) return;
    const wrong = turns[clockTurn % turns.length] ?? 0;
    clockTurn += 1;
    clockAt = at + 7 * minute;
    if (wrong !== skewMs) happened.note('clock jumped');
    skewMs = wrong;
  }

  const everyQueue = queueNames.flatMap((queue) => [queue, `${queue}-poison`]);

  /** Lets time pass until a moment, with everything that is due on the way. */
  async function until(moment: number): Promise<void> {
    for (let turns = 0; at < moment; turns += 1) {
      if (turns > 50_000) throw new Error('the service goes round in circles');
      turnClock();
      const due = agenda.filter((one) => one.at <= at);
      for (const one of due) agenda.splice(agenda.indexOf(one), 1);
      const batch = random.shuffled(everyQueue.flatMap((queue) => queues.receive(queue, hiddenMs)));
      if (batch.length > mostAtOnce) {
        throw new Error(`${batch.length} messages at once, such as ${batch[0]?.text}`);
      }
      const isHouse = at >= houseAt;
      if (isHouse) houseAt = at + houseEveryMs;
      await Promise.all([
        ...due.map(({ act }) => act()),
        ...batch.map(serve),
        ...(isHouse ? [tick(keepHouse)] : []),
      ]);
      if (due.length + batch.length > 0) continue;
      const next = Math.min(
        moment,
        houseAt,
        queues.nextAt(everyQueue) ?? moment,
        ...agenda.map((one) => one.at),
      );
      at = Math.max(at + 1, next);
    }
  }

  /** Begins a scan; where that fails, again after a while, as whoever runs the service would. */
  async function scan(attempts: number): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (await tick(cutScan)) return;
      retried.note('scans again');
      await until(at + 10 * minute);
    }
  }

  return {
    azure,
    estate,
    stores: storesOn({ tables, files, snapshots, queues, now }),
    tables,
    queues,
    happened,
    retried,
    heard,
    told,
    defects,
    saved,
    drifts,
    sinks,
    random,
    now: () => at,
    until,
    scan,
    settings,
    readLatest,
    /** How often a scan was closed, and a finding changed. */
    scansSaved: () => scansSaved,
    transitions: () => transitions,
    /** Whether a cluster is stopped or in the middle of an operation: then a pass ends no finding. */
    isUnsettled(clusterId: string): boolean {
      const row = azure.rows().find((one) => keyOf(one) === clusterId.toLowerCase());
      const text = JSON.stringify(row ?? {}).toLowerCase();
      const [, state = 'succeeded'] =
        /"(?:\w+profile)?properties":\{.*?"provisioningstate":"(\w+)"/.exec(text) ?? [];
      return state !== 'succeeded' || text.includes('"code":"stopped"');
    },
    /** Puts a cluster into another state; Event Grid tells of it. */
    drift(cluster: number, variant: number): Drift {
      const drift = estate.drift(cluster, variant);
      drifts.push({ at, cluster: estate.clusters[cluster] ?? '' });
      azure.change(drift);
      announce(drift);
      return drift;
    },
    /** Somebody writes everything anew as it was planned: nothing of ours is left. */
    redeploy(): void {
      const drift = estate.redeployed(azure.rows());
      for (const cluster of estate.clusters) drifts.push({ at, cluster });
      azure.change(drift);
      announce(drift);
    },
    /** From now on findings are put right without asking. */
    remediate(): void {
      remediates = true;
    },
    /** From now on somebody decides about plans that wait. */
    attend(): void {
      attends = true;
      sitFrom(at + sitEveryMs);
    },
    /** Nobody decides any more. */
    leave(): void {
      attends = false;
    },
    /** What people asked for, and were told. */
    asked: approvers.asked,
    /** What goes wrong from now on. */
    async begin(next: Trouble): Promise<void> {
      trouble = next;
      azure.trouble(next);
      clockAt = at;
      for (let count = 0; count < (next.messages?.junk ?? 0); count += 1) {
        for (const queue of queueNames) {
          happened.note('junk');
          const junk = random.pick(junkMessages);
          const send: unknown = Reflect.get(queues, 'send');
          if (typeof send !== 'function') throw new TypeError('queues take messages');
          await Reflect.apply(send, queues, [queue, junk, random.int(0, 30 * minute)]);
        }
      }
    },
  };
}

/** The way a page of ours asks. */
const ofOurPage: Readonly<Record<string, string>> = {
  'sec-fetch-site': 'same-origin',
  'content-type': 'application/json',
};

/** What no version of the service ever sent. */
const junkMessages: readonly unknown[] = [
  'not json',
  null,
  [],
  {},
  { clusterId: 7, request: null },
  { clusterId: '/subscriptions/x', request: 'y' },
  { scanId: 'of-nobody', shard: 1 },
  { scanId: '', shard: -1 },
  { remediationId: 'of-nobody' },
  { id: 'f'.repeat(32), subject: '/subscriptions/x', source: 'findings' },
  { id: '__proto__', subject: '/', source: 'constructor' },
  JSON.parse('{"__proto__":{"polluted":true},"clusterId":"/x"}'),
];

function steppingTables(tables: TableStore, life: Life): TableStore {
  return {
    get: (table, partition, row) =>
      life.step('tables', false, () => tables.get(table, partition, row)),
    async *list(table, range) {
      // A page comes whole, or not at all.
      const page = await life.step('tables', false, () => all(tables.list(table, range)));
      yield* page;
    },
    write: (table, partition, writes) =>
      life.step('tables', true, () => tables.write(table, partition, writes)),
    removeAs: (table, row) => life.step('tables', true, () => tables.removeAs(table, row)),
  };
}

function steppingFiles(files: WorkFiles, life: Life): WorkFiles {
  return {
    write: (name, pieces) => life.step('files', true, () => files.write(name, pieces)),
    lines: (name) => life.step('files', false, () => files.lines(name)),
    async *names(prefix) {
      const page = await life.step('files', false, () => all(files.names(prefix)));
      yield* page;
    },
    remove: (name) => life.step('files', true, () => files.remove(name)),
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
