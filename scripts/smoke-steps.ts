import {
  type DeployedApp,
  type Health,
  type KnownCluster,
  UnexpectedAnswerError,
} from './deployed-app.ts';

/** How one step went. */
export type Outcome =
  | { readonly kind: 'tick'; readonly says: string }
  | { readonly kind: 'wrong'; readonly says: string; readonly next: string };

/** What the steps need besides the app. */
export interface SmokeWorld {
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  readonly newId: () => string;
  /** How long anything is waited for, in milliseconds. */
  readonly patienceMs: number;
  readonly pauseMs: number;
  /** A subscription to name in an event about nobody, where no cluster is known. */
  readonly subscription: string;
}

/** The steps end here: what is wrong, and what to do next. */
class Wrong extends Error {
  override readonly name = 'Wrong';
  readonly next: string;

  constructor(says: string, next: string, options?: ErrorOptions) {
    super(says, options);
    this.next = next;
  }
}

const runbook = 'docs/runbook.md';
const doctor =
  '"npm run -s portcullis -- doctor" says what may not be read; roles that are new take up to ten minutes to work, so run "npm run -s smoke-test" again';

/**
 * Looks whether an app that was just deployed works, from its door to a verdict, a step at a time;
 * the first that goes wrong is the last. Nothing is changed by it but what is kept of a cluster: an
 * event only has the app read again.
 */
export async function* smokeTest(app: DeployedApp, world: SmokeWorld): AsyncGenerator<Outcome> {
  try {
    const before = await wellAtLast(app, world);
    yield tick(`version ${before.version} answers, with ${before.checks} checks and its storage`);
    if (before.lastScan === null) yield tick(await firstScan(app, world));
    const cluster = await knownCluster(app, world);
    if (cluster === undefined) {
      yield tick(await nobodyToCheck(app));
      yield* eventAboutNobody(app, world);
    } else yield* eventAbout(app, world, cluster);
  } catch (error) {
    if (error instanceof Wrong) yield { kind: 'wrong', says: error.message, next: error.next };
    else if (error instanceof UnexpectedAnswerError) yield unexpected(error);
    else throw error;
  }
}

function tick(says: string): Outcome {
  return { kind: 'tick', says };
}

/** The health once all parts work. An app that starts from cold, or whose roles are new, is waited for. */
async function wellAtLast(app: DeployedApp, world: SmokeWorld): Promise<Health> {
  let last: Health | UnexpectedAnswerError | undefined;
  const well = await waitFor(world, async () => {
    try {
      const health = await app.health();
      last = health;
      return health.status === 'degraded' ? undefined : health;
    } catch (error) {
      if (!(error instanceof UnexpectedAnswerError)) throw error;
      last = error;
      // Who is not let in now will not be let in later.
      if (error.status === 401 || error.status === 403) throw error;
      return undefined;
    }
  });
  if (well !== undefined) return well;
  if (last === undefined || last instanceof UnexpectedAnswerError) {
    throw last ?? new Wrong('the health was never asked for', 'allow more patience');
  }
  const { configuration, storage, report } = last;
  throw new Wrong(
    `the app answers and does not work: configuration ${configuration}, storage ${storage}, report ${report}`,
    configuration === 'ok'
      ? `the log of the function health has why; ${runbook} says what each part means`
      : 'the log of the function health names the app setting; docs/environment.md says what it must be',
  );
}

/** Starts a scan where there was none, so that nobody has to wait for the night. */
async function firstScan(app: DeployedApp, world: SmokeWorld): Promise<string> {
  const began = world.now().getTime();
  await app.startScan();
  let last: Health['lastScan'] = null;
  const ended = await waitFor(world, async () => {
    last = (await app.health()).lastScan;
    return last !== null && !['cutting', 'running'].includes(last.state) ? last : undefined;
  });
  const seconds = Math.round((world.now().getTime() - began) / 1000);
  if (ended?.state === 'complete')
    return `the first scan was started, and ended after ${seconds} s`;
  const log = `the logs of scheduled-scan and scan-shard have why; ${doctor}`;
  if (ended !== undefined) throw new Wrong(`the first scan ended as ${ended.state}`, log);
  if (last === null) throw new Wrong('the first scan was started, and never began', log);
  // A large tenant takes its time, and what is kept so far can be checked.
  return `the first scan was started, and goes on after ${seconds} s`;
}

/** A cluster to ask about. The list may be a few seconds behind the report. */
async function knownCluster(
  app: DeployedApp,
  world: SmokeWorld,
): Promise<KnownCluster | undefined> {
  const listed = chosen(await app.clusters());
  if (listed !== undefined) return listed;
  const { clusters } = (await app.latestReport())?.summary ?? { clusters: 0 };
  return clusters === 0 ? undefined : waitFor(world, async () => chosen(await app.clusters()));
}

/** One that is well, if any: nothing can follow from a check that finds what was found before. */
function chosen(known: readonly KnownCluster[]): KnownCluster | undefined {
  const quiet = known.filter(({ isPending }) => !isPending);
  return quiet.find(({ posture }) => posture === 'compliant') ?? quiet[0] ?? known[0];
}

async function nobodyToCheck(app: DeployedApp): Promise<string> {
  const report = await app.latestReport();
  if (report === undefined) return 'no cluster is known yet: no scan has ended';
  const { complete, gaps } = report;
  const [gap] = gaps;
  if (complete && gap === undefined) {
    return 'there is no inference cluster in scope, and everything could be read: nothing to check is nothing wrong';
  }
  const first = gap === undefined ? '' : `; the first is ${gap.what} at ${gap.scope}: ${gap.why}`;
  throw new Wrong(
    `no inference cluster was found, and not everything could be read: ${gaps.length} gaps${first}`,
    doctor,
  );
}

/** An event about what nobody depends on: somebody looks at it, and finds nothing. */
async function* eventAboutNobody(app: DeployedApp, world: SmokeWorld): AsyncGenerator<Outcome> {
  const before = checksIn(await app.health());
  const name = `portcullis-smoke-test-${world.newId()}`;
  const scope = `/subscriptions/${world.subscription}/resourceGroups/portcullis-smoke-test`;
  await app.deliver(
    eventOf(`${scope}/providers/Microsoft.Network/publicIPAddresses/${name}`, world),
  );
  yield tick('an event about an address that does not exist was taken');
  let now = before;
  // A queue never counts fewer messages than it has.
  const settled = await waitFor(world, async () => {
    now = checksIn(await app.health());
    return now.failed > before.failed || now.waiting + now.poisoned === 0 ? now : undefined;
  });
  if (settled === undefined) throw neverCame(world, now.waiting);
  if (settled.failed > before.failed) {
    throw new Wrong(
      'nobody could look what the event concerns: its message was given up',
      `the log of check-cluster has why, five times; ${runbook}, "A message failed"`,
    );
  }
  if (chosen(await app.clusters()) === undefined) {
    yield tick('check-cluster looked whom it concerns, and found nobody, as it should');
    return;
  }
  yield tick('check-cluster looked whom it concerns; meanwhile a first cluster was found');
}

function checksIn({ queues }: Health) {
  if (queues === null) throw new Wrong('the queues cannot be read', `see ${runbook}`);
  return queues['cluster-checks'];
}

/** An event about a cluster has it read again, and judged. */
async function* eventAbout(
  app: DeployedApp,
  world: SmokeWorld,
  before: KnownCluster,
): AsyncGenerator<Outcome> {
  const name = before.id.slice(before.id.lastIndexOf('/') + 1);
  const at = world.now().getTime();
  await app.deliver(eventOf(before.id, world));
  yield tick(`an event about the cluster ${name} was taken`);
  const settled = await waitFor(world, async () => {
    const now = await app.cluster(before);
    const hasFailed = now?.failed !== undefined && now.failed.at !== before.failed?.at;
    return now?.isPending !== true || hasFailed ? { now } : undefined;
  });
  if (settled === undefined) throw neverCame(world, checksIn(await app.health()).waiting);
  const { now } = settled;
  const seconds = Math.round((world.now().getTime() - at) / 1000);
  if (now === undefined) {
    yield tick(`check-cluster looked after ${seconds} s, and ${name} is gone`);
  } else if (now.readAt !== before.readAt) {
    yield tick(`its verdicts came after ${seconds} s: ${name} is ${inWords(now.posture)}`);
  } else if (now.failed !== undefined) {
    throw new Wrong(
      `the check of ${name} was given up: ${now.failed.why}`,
      `${runbook}, "A message failed"`,
    );
  } else {
    throw new Wrong(
      `the event was taken, and ${name} was not read again`,
      `the log of check-cluster says whether it is out of scope; else ${doctor}`,
    );
  }
}

function inWords(posture: string): string {
  return posture === 'nonCompliant' ? 'not compliant' : posture;
}

function neverCame({ patienceMs }: SmokeWorld, waiting: number): Wrong {
  return new Wrong(
    `the event was taken, and its check did not end within ${patienceMs / 1000} s; ${waiting} messages wait in cluster-checks`,
    `${runbook}, "Findings do not follow changes", says where it is stuck`,
  );
}

/**
 * An event as the subscription of infra/modules/event-subscription.bicep delivers it, and one that
 * nobody takes for a change of Azure's: the operation, which findings name as their cause, says so.
 */
function eventOf(id: string, { now, newId }: SmokeWorld): object {
  const [subscription = ''] = /^\/subscriptions\/[^/]+/i.exec(id) ?? [];
  return {
    specversion: '1.0',
    id: newId(),
    source: subscription,
    type: 'Microsoft.Resources.ResourceWriteSuccess',
    subject: id,
    time: now().toISOString(),
    data: { resourceUri: id, operationName: 'Portcullis/smokeTest/action', status: 'Succeeded' },
  };
}

/** What `look` returns at last; undefined where it has not by the end of the patience. */
async function waitFor<T>(
  { now, sleep, patienceMs, pauseMs }: SmokeWorld,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = now().getTime() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined || now().getTime() >= end) return found;
    await sleep(pauseMs);
  }
}

/** What an answer that nobody expects is most likely to mean. */
function unexpected({ message, status }: UnexpectedAnswerError): Outcome {
  return { kind: 'wrong', says: message, next: meaningOf(message, status) };
}

function meaningOf(message: string, status: number | undefined): string {
  if (status === undefined) {
    return 'is the address right, and does the app run? "az functionapp show" has both; its log stream has the rest';
  }
  if (status === 401) {
    return 'the key was not taken: "az functionapp keys list" must be of this app, and keys that are new take a moment';
  }
  if (status === 403) return 'is the address that you call from among allowedCallers?';
  if (status === 404) {
    return message.includes('/runtime/webhooks/')
      ? 'the function resource-changed is not there: was "azd deploy" done, and did the host start?'
      : 'the functions are not there: was "azd deploy" done, and did the host start? Its log stream has why not';
  }
  return 'the log of the function has why; docs/runbook.md says what to look at';
}
