import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ExplainAnswer, ExplainQuery } from '../shared/network/explain.ts';
import type { Paint } from '../shared/reports/paint.ts';
import { counted, fit, grouped, hang, plainText } from '../shared/reports/text-layout.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { Arguments, Verb } from './arguments.ts';
import { linesOf } from './lines-of.ts';
import { paintFor, widthOf } from './terminal.ts';
import type { Services, World } from './world.ts';

type Explain = (query: ExplainQuery) => ExplainAnswer;

const directions = ['inbound', 'outbound'];
const protocols = ['tcp', 'udp', 'icmp', 'esp', 'ah', 'any'];

export const nsgExplainVerb: Verb = {
  name: 'nsg explain',
  summary: 'Says exactly which packets network security groups allow, and which rules decide.',
  usage:
    'portcullis nsg explain --nsg <file> --direction <d> --protocol <p> --source <s> --destination <d> --port <n> [flags], or portcullis nsg explain --batch <file>',
  flags: [
    {
      name: 'nsg',
      value: '<file>',
      says: 'The network security group of the subnet, as Azure Resource Manager returns it.',
    },
    {
      name: 'nic-nsg',
      value: '<file>',
      says: 'The network security group of the network interface; packets must pass both.',
    },
    {
      name: 'admin-rules',
      value: '<file>',
      says: 'Security admin rules: the response of listNetworkManagerEffectiveSecurityAdminRules, or its value.',
    },
    {
      name: 'vnet',
      value: '<cidr>',
      repeatable: true,
      takesList: true,
      says: 'The whole address space of the VirtualNetwork tag. Without it the tag is unresolved.',
    },
    {
      name: 'service-tags',
      value: '<file>',
      says: 'The response of the service tag list. Without it service tags are unresolved.',
    },
    { name: 'direction', value: directions.join('|'), oneOf: directions, says: 'Which way.' },
    { name: 'protocol', value: protocols.join('|'), oneOf: protocols, says: 'Which protocol.' },
    {
      name: 'source',
      value: '<cidr|a-b|tag|any>',
      says: 'From where: an address, prefix, range or service tag.',
    },
    { name: 'source-port', value: 'n|a-b|any', fallback: 'any', says: 'From which ports.' },
    {
      name: 'destination',
      value: '<cidr|a-b|tag|any>',
      says: 'Where to: an address, prefix, range or service tag.',
    },
    { name: 'port', value: 'n|a-b|any', says: 'To which ports.' },
    {
      name: 'batch',
      value: '<file.jsonl>',
      says: 'Answer one question per line of this file (- is standard input), in order, as JSON lines.',
    },
    {
      name: 'format',
      value: 'table|json',
      oneOf: ['table', 'json'],
      fallback: 'table',
      says: 'How to print the answer.',
    },
    { name: 'no-color', says: 'No colours; the environment variable NO_COLOR does the same.' },
  ],
  notes: [
    'The answer is allowed or denied where that is certain for everything asked, partial where one part is certainly allowed and another certainly denied, else unknown. Addresses are compared exactly; nothing is sampled.',
    'A line of a batch is {"nsg":{…},"nicNsg":{…}|null,"adminRules":[…]|null,"vnet":["10.0.0.0/8"],"serviceTags":{…}|null,"query":{"direction","protocol","source","sourcePort","destination","port"}}. A bad line answers {"error":"…"} and the rest goes on; blank lines are passed over.',
  ],
  examples: [
    {
      command:
        'portcullis nsg explain --nsg nsg.json --direction inbound --protocol tcp --source 203.0.113.0/24 --destination 20.1.2.3 --port 443',
      says: 'May these callers reach the scoring endpoint?',
    },
    {
      command: 'portcullis nsg explain --batch questions.jsonl > answers.jsonl',
      says: 'Many questions at once',
    },
  ],
};

/** Answers and prints; the exit code. Throws a `UsageError` for what cannot be done as asked. */
export async function nsgExplain(
  args: Arguments,
  world: World,
  services: Services,
): Promise<number> {
  const explain = await services.explain();
  const batch = args.text('batch');
  if (batch !== undefined) {
    refuseBesideBatch(args);
    return answerBatch(batch, world, explain);
  }
  const query = await queryOf(args, world);
  const answer = asked(() => explain(query));
  if (args.text('format') === 'json') {
    await world.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return 0;
  }
  const paint = paintFor(world.stdout, world.env, args.has('no-color'));
  const width = Math.min(160, Math.max(60, widthOf(world.stdout, world.env)));
  await world.stdout.write(answerText(args, answer, paint, width));
  return 0;
}

const besideBatch = ['batch', 'format', 'no-color'];

function refuseBesideBatch(args: Arguments): void {
  const extra = nsgExplainVerb.flags.filter(
    ({ name }) => args.has(name) && !besideBatch.includes(name),
  );
  if (extra.length > 0) {
    throw new UsageError(
      extra.map(({ name }) => `--${name} does not go with --batch; put it into the lines`),
    );
  }
}

async function queryOf(args: Arguments, world: World): Promise<ExplainQuery> {
  const required = ['nsg', 'direction', 'protocol', 'source', 'destination', 'port'];
  const portless = ['icmp', 'esp', 'ah'].includes(args.text('protocol') ?? '');
  const absent = required.filter(
    (name) => args.text(name) === undefined && !(name === 'port' && portless),
  );
  if (absent.length > 0) {
    throw new UsageError([
      `${absent.map((name) => `--${name}`).join(', ')} must be given, or --batch`,
      'see portcullis nsg explain --help for the flags',
    ]);
  }
  const file = async (flag: string) => {
    const path = args.text(flag);
    return path === undefined ? null : readJson(flag, resolve(world.folder, path));
  };
  const vnet = args.list('vnet').flatMap((text) => text.split(',').map((part) => part.trim()));
  return {
    nsg: await file('nsg'),
    nicNsg: await file('nic-nsg'),
    adminRules: await file('admin-rules'),
    serviceTags: await file('service-tags'),
    ...(vnet.length === 0 ? {} : { vnet }),
    query: {
      direction: args.text('direction') ?? '',
      protocol: args.text('protocol') ?? '',
      source: args.text('source') ?? '',
      sourcePort: args.text('source-port') ?? 'any',
      destination: args.text('destination') ?? '',
      port: args.text('port') ?? 'any',
    },
  };
}

async function readJson(flag: string, path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new UsageError([`--${flag} ${path}: ${why}`]);
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UsageError([`--${flag} ${path}: this is no JSON: ${String(error)}`]);
  }
}

/** Bad input of the question is the asker's to put right; anything else is a defect and propagates. */
function asked<T>(answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError([error.message]);
    throw error;
  }
}

async function answerBatch(batch: string, world: World, explain: Explain): Promise<number> {
  const bytes = batch === '-' ? world.stdin : await openBatch(resolve(world.folder, batch));
  let answered = 0;
  let bad = 0;
  for await (const line of linesOf(bytes)) {
    if (line.trim() === '') continue;
    const answer = answerLine(line, explain);
    answered += 1;
    if ('error' in answer) bad += 1;
    await world.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  if (bad > 0) {
    await world.stderr.write(
      `portcullis: ${counted(bad, 'line')} of ${grouped(answered)} could not be answered; each says why\n`,
    );
  }
  return 0;
}

async function openBatch(path: string): Promise<AsyncIterable<Uint8Array>> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== false) {
    const why = found === undefined ? 'there is no such file' : 'this is a folder';
    throw new UsageError([`--batch ${path}: ${why}`]);
  }
  return createReadStream(path);
}

function answerLine(line: string, explain: Explain): ExplainAnswer | { readonly error: string } {
  try {
    return explain(lineQuery(JSON.parse(line.replace(/^\uFEFF/, ''))));
  } catch (error) {
    if (error instanceof SyntaxError) return { error: `this line is no JSON: ${error.message}` };
    if (error instanceof RangeError) return { error: error.message };
    throw error;
  }
}

function lineQuery(json: unknown): ExplainQuery {
  if (!isObject(json)) throw new RangeError('a line must be an object in { }');
  const { nsg, nicNsg, adminRules, vnet, serviceTags, query } = json;
  if (!isObject(nsg)) throw new RangeError('nsg: must be a network security group in { }');
  if (!isObject(query)) throw new RangeError('query: must be an object in { }');
  if (vnet !== undefined && vnet !== null && !isTextList(vnet)) {
    throw new RangeError('vnet: must be a list of CIDR prefixes');
  }
  return {
    nsg,
    nicNsg,
    adminRules,
    serviceTags,
    vnet: vnet ?? null,
    query: {
      direction: textOf(query, 'direction'),
      protocol: textOf(query, 'protocol'),
      source: textOf(query, 'source'),
      sourcePort: textOf(query, 'sourcePort', 'any'),
      destination: textOf(query, 'destination'),
      port: textOf(query, 'port', 'any'),
    },
  };
}

function textOf(query: Readonly<Record<string, unknown>>, name: string, fallback?: string): string {
  const value = query[name] ?? fallback;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  const found = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
  throw new RangeError(`query.${name}: ${found}; it must be text`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

const tones = {
  allowed: 'compliant',
  denied: 'nonCompliant',
  partial: 'medium',
  unknown: 'unknown',
} as const;

function answerText(args: Arguments, answer: ExplainAnswer, paint: Paint, width: number): string {
  const { verdict, witness } = answer;
  const isUnlisted = (part: keyof typeof heads): boolean =>
    answer.unlisted?.includes(part) === true;
  const parts = (['allowed', 'denied', 'unknown'] as const).filter(
    (part) => answer[part].length > 0 || isUnlisted(part),
  );
  return [
    paint(verdict.toUpperCase(), tones[verdict]),
    ...(answer.reason === undefined ? [] : hang('  ', answer.reason, width)),
    ...ruleLines(answer.decidedBy, paint, width),
    ...parts.flatMap((part) => [
      '',
      paint(heads[part], tones[part]),
      ...(part === 'unknown' ? [] : witnessLines(witness[part], width)),
      ...(isUnlisted(part) ? ['  too many boxes to list'] : []),
      ...answer[part].slice(0, 20).flatMap((box) => boxLines(box, width)),
      ...(answer[part].length > 20
        ? [
            `  … and ${counted(answer[part].length - 20, 'more box', 'more boxes')}: all in --format json`,
          ]
        : []),
      ...(part === 'unknown' ? adviceLines(args, answer, width) : []),
    ]),
    '',
  ].join('\n');
}

const heads = { allowed: 'Allowed', denied: 'Denied', unknown: 'Unknown' } as const;

/** The deciding rules in columns, in the order in which packets meet them. */
function ruleLines(rules: ExplainAnswer['decidedBy'], paint: Paint, width: number): string[] {
  if (rules.length === 0) return [];
  const column = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const priorities = column(rules.map(({ priority }) => String(priority)));
  const accesses = column(rules.map(({ access }) => access));
  const names = Math.min(column(rules.map(({ rule }) => rule)), width - priorities - accesses - 6);
  return [
    '',
    paint('Decided by', 'strong'),
    ...rules.flatMap(({ nsg, rule, access, priority }) => {
      const start = `  ${String(priority).padStart(priorities)}  ${access.padEnd(accesses)}  `;
      const line = `${start}${fit(rule, names)}  ${plainText(nsg)}`;
      return line.length <= width ? [line] : hang(start, `${rule} in ${nsg}`, width);
    }),
  ];
}

/** What may make the unknown part known: asking less, or what the question left out. */
function adviceLines(args: Arguments, { reason }: ExplainAnswer, width: number): string[] {
  if (reason !== undefined) {
    return hang('  → ', 'ask about less at a time: one protocol, one port, one subnet', width);
  }
  const absent = [
    ['vnet', '--vnet <cidr> resolves VirtualNetwork'],
    ['service-tags', '--service-tags <file> resolves service tags'],
  ] as const;
  const advice = absent.filter(([flag]) => !args.has(flag)).map(([, says]) => says);
  return advice.length === 0 ? [] : hang('  → ', advice.join('; '), width);
}

function witnessLines(witness: ExplainAnswer['witness']['allowed'], width: number): string[] {
  if (witness === null) return [];
  const { protocol, source, sourcePort, destination, destinationPort } = witness;
  const socket = (address: string, port: number | null) =>
    port === null ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const packet = `${socket(source, sourcePort)} → ${socket(destination, destinationPort)} ${protocol}`;
  return hang('  for instance ', packet, width);
}

function boxLines(box: ExplainAnswer['allowed'][number], width: number): string[] {
  const ports = box.destinationPorts.join(', ');
  const fromPorts = box.sourcePorts.join(', ');
  const from = fromPorts === '0-65535' ? '' : `, ${portsText(fromPorts)}`;
  const to = ports === '0-65535' ? 'any port' : portsText(ports);
  const text = `${box.protocols.join(', ')}: ${few(box.sources)}${from} → ${few(box.destinations)}, ${to}`;
  return hang('  - ', text, width);
}

function portsText(ports: string): string {
  return `${/^\d+$/.test(ports) ? 'port' : 'ports'} ${ports}`;
}

function few(texts: readonly string[]): string {
  const short = texts.slice(0, 6).map(withoutHostLength).join(', ');
  return texts.length <= 6 ? short : `${short} and ${grouped(texts.length - 6)} more`;
}

/** A prefix of one address as the address. */
function withoutHostLength(prefix: string): string {
  return prefix.replace(prefix.includes(':') ? /\/128$/ : /\/32$/, '');
}
