/** Everything that comes from outside, and is wrong: an answer or a clear error, and nothing else. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../cli/run.ts';
import { services } from '../../cli/services.ts';
import { keyHolder, principalOf } from '../../shared/adapters/azure/client-principal.ts';
import { claimsOf } from '../../shared/adapters/azure/sign-in.ts';
import { openJournal } from '../../shared/adapters/files/journal-file.ts';
import { admit } from '../../shared/api/admit.ts';
import { memoryFiles } from '../../shared/adapters/store/memory-files.ts';
import { recordIn } from '../../shared/adapters/store/records.ts';
import { memoryStores } from '../../shared/adapters/store/stores.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import {
  alertMessageKey,
  checkMessage,
  messageIn,
  remediationMessage,
  shardMessage,
} from '../../shared/pipeline/messages.ts';
import { noteChange } from '../../shared/pipeline/note-change.ts';
import { changeIn } from '../../shared/pipeline/resource-event.ts';
import { parseReport } from '../../shared/reports/report.ts';
import { settingsFromText } from '../../shared/settings/settings-from-text.ts';
import { createRandom } from '../../simulator/estate/random.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';
import { madeUpPlan } from '../remediation/made-up-plan.ts';
import { writtenGroup } from '../network/written-group.ts';
import { openRequestTargets } from './fuzz-requests.ts';
import { hangWatch } from './hang-watch.ts';
import { mutated } from './mutate.ts';

/** Something that takes texts from outside. */
export interface Target {
  readonly name: string;
  /** Texts as they ought to be. */
  readonly samples: readonly string[];
  /** Takes a text; throws, or returns what a crash looks like, where it does not do so well. */
  take(given: Buffer): Promise<string | undefined>;
}

/** What a target did with a text, where that is no answer and no clear error. */
export interface Crash {
  readonly target: string;
  readonly seed: number;
  readonly says: string;
  readonly given: string;
}

/** Errors that say what is wrong with what was given. */
const clear: ReadonlySet<string> = new Set(['UsageError', 'EstateUnreadableError', 'ZodError']);
const now = () => new Date('2026-11-24T02:00:00.000Z');

/** What is not answered by then hangs. */
const longestMs = 30_000;
const watch = hangWatch();

/**
 * One text by seed; undefined where all is well. What is not answered within `mostMs` hangs, and so does
 * what was answered later; what never lets go of the thread ends the process, with the text named.
 */
export async function fuzzOnce(
  target: Target,
  seed: number,
  mostMs = longestMs,
): Promise<Crash | undefined> {
  const random = createRandom(0xf022, seed, ...Buffer.from(target.name));
  const given = mutated(random.pick(target.samples), random);
  const started = performance.now();
  // A little later: what can still be told is told below.
  watch.begin(
    `${target.name} with seed ${seed}: it hangs, and lets nobody else work`,
    mostMs * 1.5,
  );
  const told = await inTime(crashOf(target, given), mostMs);
  watch.end();
  const tookMs = performance.now() - started;
  const late = tookMs > mostMs ? `it hangs: ${Math.round(tookMs)} ms` : undefined;
  const says = told ?? late ?? pollution();
  if (says === undefined) return undefined;
  return { target: target.name, seed, says, given: given.toString('latin1').slice(0, 2000) };
}

async function inTime<T>(work: Promise<T>, mostMs: number): Promise<T | string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('it hangs'), mostMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function crashOf(target: Target, given: Buffer): Promise<string | undefined> {
  try {
    return await target.take(given);
  } catch (error) {
    if (!(error instanceof Error)) return `it throws ${String(error)}`;
    const isClear = clear.has(error.name) && !error.message.includes('call stack');
    return isClear ? undefined : (error.stack ?? error.message);
  }
}

const members = Object.getOwnPropertyNames(Object.prototype).join();

/** What somebody added to every object there is. */
function pollution(): string | undefined {
  const own = Object.getOwnPropertyNames(Object.prototype).join();
  if (own === members && !('polluted' in {})) return undefined;
  Reflect.deleteProperty(Object.prototype, 'polluted');
  return `Object.prototype has ${own}`;
}

/** Everything that is fuzzed, with a folder of its own; `close` removes that. */
export async function openTargets(): Promise<{
  readonly targets: readonly Target[];
  /** What a request is answered, as it is. */
  readonly answered: Awaited<ReturnType<typeof openRequestTargets>>['answered'];
  readonly close: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-fuzz-'));
  const group = JSON.stringify(writtenGroup('nsg', rule(100), rule(200)));
  const [estate, settings] = smallEstate();
  await writeFile(join(folder, 'estate.jsonl'), estate);
  await writeFile(join(folder, 'settings.json'), settings);
  await writeFile(join(folder, 'group.json'), group);

  /** The command on a file that holds the text. */
  const command = (
    name: string,
    samples: readonly string[],
    ...argv: readonly string[]
  ): Target => ({
    name,
    samples,
    async take(given) {
      const file = join(folder, 'given.json');
      await writeFile(file, given);
      const { out, err } = await commanded(folder, argv);
      const whole = `${out}\n${err}`;
      const isDefect = /this is a defect of portcullis|the check failed|call stack/.test(whole);
      return isDefect ? whole.slice(0, 3000) : undefined;
    },
  });
  const pure = (
    name: string,
    samples: readonly string[],
    take: (text: string) => unknown,
  ): Target => ({
    name,
    samples,
    take: async (given) => {
      await take(given.toString());
      return undefined;
    },
  });
  const recorded = recordedGroups();
  const requested = await openRequestTargets();
  const targets: readonly Target[] = [
    command(
      'rows',
      [estate, ...recordedRows()],
      'scan',
      '--estate',
      'given.json',
      '--settings',
      'settings.json',
      '--format',
      'json',
    ),
    command(
      'settings, in a scan',
      [settings],
      'scan',
      '--estate',
      'estate.jsonl',
      '--settings',
      'given.json',
      '--format',
      'sarif',
    ),
    command(
      'group explained',
      [group, ...recorded],
      'nsg',
      'explain',
      '--nsg',
      'given.json',
      '--direction',
      'inbound',
      '--protocol',
      'tcp',
      '--source',
      '203.0.113.7',
      '--destination',
      '10.0.0.4',
      '--destination-port',
      '443',
    ),
    command('group checked', [group, ...recorded], 'nsg', 'lint', 'given.json'),
    command('groups compared', [group, ...recorded], 'nsg', 'diff', 'given.json', 'group.json'),
    command(
      'proposal',
      proposals(estate),
      'plan',
      '--what-if',
      'given.json',
      '--estate',
      'estate.jsonl',
      '--settings',
      'settings.json',
    ),
    command(
      'plan file',
      [JSON.stringify({ schemaVersion: 1, plans: [madeUpPlan(['one'])] })],
      'apply',
      'given.json',
      '--yes',
    ),
    pure('settings', [settings], (text) =>
      settingsFromText(
        text,
        'given',
        catalogue.map(({ id }) => id),
      ),
    ),
    {
      name: 'journal',
      samples: [journal()],
      async take(given) {
        const file = join(folder, 'portcullis-given.jsonl');
        await writeFile(file, given);
        await openJournal(file);
        return undefined;
      },
    },
    pure('event', events(), async (text) => {
      const given = jsonOrText(text);
      for (const one of Array.isArray(given) ? given : [given]) {
        const change = changeIn(one, now());
        if (change === undefined) continue;
        const stores = memoryStores(now);
        await noteChange({ stores, now, newId: () => 'id', checkDelayMs: 0 }, change);
      }
    }),
    pure('message', messages(), (text) => {
      const given = jsonOrText(text);
      const schemas = [shardMessage, checkMessage, remediationMessage, alertMessageKey];
      for (const schema of schemas) {
        // What it says of a message that is of no form is what the queue is told.
        try {
          messageIn<unknown>(schema, given);
        } catch (error) {
          const isSaid =
            error instanceof Error && error.message.startsWith('the message is of no form');
          if (!isSaid) throw error;
        }
      }
    }),
    pure('report', ['{"schemaVersion":"1","verdicts":[],"clusters":[],"gaps":[]}'], (text) =>
      parseReport(jsonOrText(text)),
    ),
    pure(
      'row of a table',
      ['{"v":1,"value":{"id":"x"}}', '{"v":1,"long":"long/x.json"}'],
      async (text) => {
        try {
          await recordIn(memoryFiles(), { partition: 'p', row: 'r', text, version: 'v' });
        } catch (error) {
          const isSaid = error instanceof Error && error.message.includes('p/r');
          if (!isSaid) throw error;
        }
      },
    ),
    pure(
      'header of who calls',
      ['{"name_typ":"name","claims":[{"typ":"roles","val":"Approver"}]}'],
      (text) =>
        principalOf({ header: Buffer.from(text).toString('base64'), authenticatesCallers: true }),
    ),
    pure('request', requests, (text) => {
      const [address = '', ...body] = text.split('\n');
      const [path = '', query = ''] = address.split('?');
      const caller = keyHolder({ header: null, authenticatesCallers: false });
      for (const method of ['GET', 'POST']) {
        const asked = { method, path, query: new URLSearchParams(query), header: () => null };
        const admitted = admit(asked, caller);
        if (admitted.kind === 'admitted')
          admitted.route.body?.safeParse(jsonOrText(body.join('\n')));
      }
    }),
    ...requested.targets,
    pure('token', ['{"oid":"x","tid":"y","upn":"z"}'], (text) =>
      claimsOf(`e30.${Buffer.from(text).toString('base64url')}.`),
    ),
  ];
  return {
    targets,
    answered: requested.answered,
    async close() {
      await requested.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An address below `/api/`, and from the second line on a body. */
const requests = [
  'clusters?search=a&posture=unknown&sort=-name&limit=50&next=eyJhIjoxfQ',
  'findings?severity=high&exempt=true&state=all',
  'remediations/01ab/approve\n{"hash":"ab","because":"it is right"}',
  'what-if\n{"networkSecurityGroup":"/subscriptions/s/x","rule":{"name":"a","properties":{}}}',
];

function rule(at: number) {
  return { at, does: 'Allow', from: '203.0.113.0/24', port: '443' } as const;
}

function smallEstate(): readonly [rows: string, settings: string] {
  const { rows, settings } = generateEstate(3, 1);
  return [rows.map((row) => JSON.stringify(row)).join('\n'), JSON.stringify(settings)];
}

/** Rows as Azure sent them, a few at a time. */
function recordedRows(): readonly string[] {
  const lines = recordedLines();
  return Array.from({ length: 30 }, (_, index) =>
    lines.slice(index * 25, index * 25 + 25).join('\n'),
  );
}

function recordedLines(): readonly string[] {
  const file = new URL('../fixtures/recorded-estate.jsonl', import.meta.url);
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

function recordedGroups(): readonly string[] {
  return recordedLines()
    .filter((line) => /"type":\s*"microsoft\.network\/networksecuritygroups"/i.test(line))
    .slice(0, 20);
}

function proposals(estate: string): readonly string[] {
  const [id = ''] = /\/subscriptions\/[^"]*\/networkSecurityGroups\/[^"/]+/i.exec(estate) ?? [];
  const after = {
    properties: {
      priority: 100,
      access: 'Deny',
      direction: 'Inbound',
      protocol: '*',
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '*',
    },
  };
  return [
    JSON.stringify({
      changes: [{ resourceId: `${id}/securityRules/deny-all`, changeType: 'Create', after }],
    }),
    JSON.stringify({
      status: 'Succeeded',
      properties: {
        changes: [
          {
            resourceId: id,
            changeType: 'Modify',
            before: {},
            after: {
              id,
              type: 'Microsoft.Network/networkSecurityGroups',
              properties: { securityRules: [] },
            },
            delta: [],
          },
        ],
      },
    }),
    JSON.stringify({
      resource_changes: [
        {
          address: 'x',
          type: 'azurerm_network_security_rule',
          change: { actions: ['create'], after: { name: 'x' } },
        },
      ],
    }),
  ];
}

function journal(): string {
  const at = now().toISOString();
  const plan = madeUpPlan(['one']);
  return [
    { step: 'requested', plan, by: 'somebody', at },
    { step: 'confirmed', before: { images: [], passing: {} }, at },
    { step: 'writing', index: 0, at },
    { step: 'written', index: 0, made: true, at },
    { step: 'ended', outcome: 'done', at },
  ]
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

function events(): readonly string[] {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/p';
  const data = {
    resourceUri: id,
    operationName: 'Microsoft.Network/publicIPAddresses/write',
    correlationId: 'c',
    authorization: { action: 'a', evidence: { principalId: 'p' } },
    claims: { appid: 'a' },
  };
  const eventType = 'Microsoft.Resources.ResourceWriteSuccess';
  return [
    JSON.stringify({ eventType, eventTime: now().toISOString(), subject: id, data }),
    JSON.stringify([
      { specversion: '1.0', type: eventType, time: now().toISOString(), subject: id, data },
    ]),
  ];
}

function messages(): readonly string[] {
  return [
    { scanId: 'id', shard: 1 },
    { clusterId: '/subscriptions/s/x', request: 'r' },
    { discover: '/subscriptions/s/x' },
    { remediationId: 'r' },
    { id: 'f'.repeat(32), subject: '/subscriptions/s/x', source: 'findings' },
    { hash: 'h', because: 'b' },
  ].map((message) => JSON.stringify(message));
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The host hands on as text what is no JSON.
    return text;
  }
}

/** The command, with its files in a folder, and nobody to sign in. */
async function commanded(folder: string, argv: readonly string[]) {
  const written = { out: '', err: '' };
  const outlet = (name: 'out' | 'err') => ({
    write: async (text: string) => {
      written[name] += text;
    },
    isTerminal: false,
    columns: undefined,
  });
  const inFolder = argv.map((word) => (/^[\w-]+\.jsonl?$/.test(word) ? join(folder, word) : word));
  await run(
    inFolder,
    {
      stdout: outlet('out'),
      stderr: outlet('err'),
      stdin: (async function* () {
        yield new Uint8Array();
      })(),
      env: {},
      folder,
      version: '0.0.0',
      now,
      interruption: () => new AbortController().signal,
    },
    services,
  );
  return written;
}
