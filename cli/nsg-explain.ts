import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type {
  ExplainAnswer,
  ExplainQuery,
  ExplainedHop,
  Explanation,
} from '../shared/network/explain.ts';
import { packetLine } from '../shared/packets/packet-line.ts';
import type { Paint } from '../shared/reports/paint.ts';
import { counted, grouped, hang, plainText } from '../shared/reports/text-layout.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { Arguments, Verb } from './arguments.ts';
import { briefLines } from './brief-lines.ts';
import { linesOf } from './lines-of.ts';
import {
  absentSurroundings,
  asked,
  jsonOfFlag,
  printingFlags,
  surroundingsFlags,
  vnetOf,
} from './nsg-files.ts';
import { paintFor, readableWidth } from './terminal.ts';
import type { Services, World } from './world.ts';

type Explain = (query: ExplainQuery) => Explanation;

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
    // Words after the first value are values too: nothing else stands alone here.
    ...surroundingsFlags.map((flag) =>
      flag.name === 'vnet' ? { ...flag, takesList: true } : flag,
    ),
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
    ...printingFlags,
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
  const explanation = asked(() => explain(query));
  if (args.text('format') === 'json') {
    await world.stdout.write(`${JSON.stringify(explanation.answer, null, 2)}\n`);
    return 0;
  }
  const paint = paintFor(world.stdout, world.env, args.has('no-color'));
  const width = readableWidth(world.stdout, world.env);
  await world.stdout.write(answerText(args, explanation, paint, width));
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
  const file = (flag: string) => jsonOfFlag(args, flag, world);
  const vnet = vnetOf(args);
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
    return explain(lineQuery(JSON.parse(line.replace(/^\uFEFF/, '')))).answer;
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

function answerText(
  args: Arguments,
  { answer, hops, texts }: Explanation,
  paint: Paint,
  width: number,
): string {
  const { verdict, witness } = answer;
  const isUnlisted = (part: keyof typeof heads): boolean =>
    answer.unlisted?.includes(part) === true;
  const brief = texts(mostLines);
  const parts = (['allowed', 'denied', 'unknown'] as const).filter(
    (part) => answer[part].length > 0 || isUnlisted(part),
  );
  return [
    paint(verdict.toUpperCase(), tones[verdict]),
    ...(answer.reason === undefined ? [] : hang('  ', answer.reason, width)),
    ...hops().flatMap((hop) => hopLines(hop, paint, width)),
    ...parts.flatMap((part) => [
      '',
      paint(heads[part], tones[part]),
      ...(part === 'unknown' ? [] : witnessLines(witness[part], width)),
      ...(isUnlisted(part) ? ['  too many boxes to list'] : briefLines(brief[part], width)),
      ...(part === 'unknown' ? adviceLines(args, answer, width) : []),
    ]),
    '',
  ].join('\n');
}

const mostLines = 20;

const heads = { allowed: 'Allowed', denied: 'Denied', unknown: 'Unknown' } as const;

const places = {
  admin: 'Admin rules',
  subnet: 'Subnet',
  node: 'Network interface',
} as const;

const does = {
  allowed: 'lets all of it pass',
  denied: 'stops all of it',
  partial: 'stops some of it',
  unknown: 'may stop some of it',
} as const;

/** One list that packets pass: what it does with them, and its deciding rules in columns. */
function hopLines(
  { place, name, answer, rules }: ExplainedHop,
  paint: Paint,
  width: number,
): string[] {
  const what = answer === undefined ? 'nothing comes this far' : does[answer];
  const title = place === 'admin' ? places[place] : `${places[place]} ${plainText(name)}`;
  const column = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));
  const priorities = column(rules.map(({ priority }) => String(priority)));
  const accesses = column(rules.map(({ access }) => access));
  return [
    '',
    ...hang('', `${title}: ${what}`, width).map((line) => paint(line, 'strong')),
    ...rules.flatMap(({ name: rule, access, priority }) =>
      hang(`  ${String(priority).padStart(priorities)}  ${access.padEnd(accesses)}  `, rule, width),
    ),
  ];
}

/** What may make the unknown part known: asking less, or what the question left out. */
function adviceLines(args: Arguments, { reason }: ExplainAnswer, width: number): string[] {
  if (reason !== undefined) {
    return hang('  → ', 'ask about less at a time: one protocol, one port, one subnet', width);
  }
  const advice = absentSurroundings(args);
  return advice.length === 0 ? [] : hang('  → ', advice.join('; '), width);
}

function witnessLines(witness: ExplainAnswer['witness']['allowed'], width: number): string[] {
  return witness === null ? [] : hang('  for instance ', packetLine(witness), width);
}
