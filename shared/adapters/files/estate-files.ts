import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import {
  coverageGaps,
  isTenantWide,
  manifestSchema,
  subscriptionGuid,
  type Manifest,
} from '../../inventory/coverage.ts';
import type { ResourceType } from '../../inventory/resource-types.ts';
import { manifestType, resourceTypeNamed, typeInId } from '../../inventory/row-type.ts';
import { resourceId, subscriptionIdOf, type ResourceId } from '../../model/resource-id.ts';
import type { Gap, Inventory, Row, Scope } from '../../ports.ts';
import {
  isEffectiveAdminRules,
  networkNamedIn,
  networkOf,
} from '../../facts/rows/effective-admin-rules.ts';
import { jsonSplitter, type JsonPiece } from './json-splitter.ts';

/** A row in a file, by the line on which it starts. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Something in a file that is no row: the file is read on without it. */
export interface EstateProblem extends Place {
  readonly field: string;
  /** The value found, as JSON, cut to a readable length. */
  readonly value: string;
  /** What is wrong and what to do about it. */
  readonly says: string;
}

/** Two rows with one id: the later one holds. */
export interface Duplicate {
  readonly id: ResourceId;
  readonly type: ResourceType;
  readonly kept: Place;
  readonly dropped: Place;
}

export interface Estate extends Inventory {
  /** The files read, in the order read, as paths relative to the folder. */
  readonly files: readonly string[];
  /** Rows of types that audits read, each id once. */
  readonly rows: number;
  /** How many rows of each type that no audit reads. */
  readonly ignoredTypes: Readonly<Record<string, number>>;
  readonly manifests: readonly Manifest[];
  readonly problems: readonly EstateProblem[];
  readonly duplicates: readonly Duplicate[];
}

export interface EstateOptions {
  /** A row larger than this breaks its file; 64 MiB unless told. */
  readonly maxRowBytes?: number;
}

/** There is no estate at the path: the message says what was looked for and what to do. */
export class EstateUnreadableError extends Error {
  override readonly name = 'EstateUnreadableError';
}

const extensions: ReadonlySet<string> = new Set(['.json', '.jsonl', '.ndjson']);
const adminRulesType = 'microsoft.network/effectivesecurityadminrules';
const lineExtensions: ReadonlySet<string> = new Set(['.jsonl', '.ndjson']);

interface StoredRow extends Place {
  readonly row: Row;
}

interface EstateFile {
  readonly name: string;
  readonly path: string;
}

/** A response of Resource Graph says how many rows there are beside those it holds. */
interface ResponsePage extends Place {
  readonly rows: number;
  readonly total: number | undefined;
  readonly hasNext: boolean;
}

interface LostRows {
  readonly type: ResourceType | undefined;
  readonly first: Place;
  count: number;
}

/** What the files gave so far. */
interface Harvest {
  readonly rows: Map<string, StoredRow>;
  readonly ignored: Map<string, number>;
  readonly manifests: Manifest[];
  readonly problems: EstateProblem[];
  readonly duplicates: Duplicate[];
  readonly pages: ResponsePage[];
  readonly gaps: Gap[];
  /** Rows that could not be placed, per file and type; undefined where the type is not known either. */
  readonly lost: Map<string, LostRows>;
}

/**
 * The estate in a file or a folder: JSON arrays, responses of Resource Graph (`{"data":[…]}`, rows as
 * objects or as a table) and JSON lines, in UTF-8. A folder is the union of its `.json`, `.jsonl` and
 * `.ndjson` files at any depth, read in the order of their paths; names that begin with a dot are
 * passed over. Files are streamed, rows of known types are kept in memory.
 * Whatever could not be read comes out of `read` as a gap. Throws `EstateUnreadableError` where no
 * row was found at all.
 */
export async function openEstate(path: string, options: EstateOptions = {}): Promise<Estate> {
  const files = await filesAt(path);
  const harvest: Harvest = {
    rows: new Map(),
    ignored: new Map(),
    manifests: [],
    problems: [],
    duplicates: [],
    pages: [],
    gaps: [],
    lost: new Map(),
  };
  for (const file of files) await takeFile(harvest, file, options);
  harvest.gaps.push(...lostRows(harvest), ...missingPages(harvest.pages));
  if (harvest.rows.size + harvest.ignored.size + harvest.manifests.length === 0) {
    throw new EstateUnreadableError(nothingIn(path, files, harvest));
  }
  const names = files.map(({ name }) => name);
  return estateOf(harvest, names);
}

function estateOf(harvest: Harvest, files: readonly string[]): Estate {
  const { rows, ignored, manifests, problems, duplicates, gaps } = harvest;
  const byType = Map.groupBy(
    [...rows.values()].map(({ row }) => row),
    (row) => row.type,
  );
  const types = new Set(byType.keys());
  const contents = { manifests, types, subscriptions: subscriptionsOf(rows.values()) };

  async function* read(asked: readonly ResourceType[], scope: Scope): AsyncGenerator<Row | Gap> {
    const wanted = scope.subscriptions && new Set(scope.subscriptions.map(subscriptionGuid));
    for (const type of asked) {
      for (const row of byType.get(type) ?? []) {
        if (wanted === undefined || isWanted(row, wanted)) yield row;
      }
    }
    yield* gaps.filter((gap) => gap.type === undefined || asked.includes(gap.type));
    yield* coverageGaps(contents, asked, scope);
  }

  return {
    files,
    rows: rows.size,
    ignoredTypes: Object.fromEntries([...ignored].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    manifests,
    problems,
    duplicates,
    read,
  };
}

async function takeFile(harvest: Harvest, file: EstateFile, options: EstateOptions): Promise<void> {
  const breaks: string[] = [];
  for await (const piece of piecesOf(file, options)) {
    const place = { file: file.name, line: piece.line };
    if (piece.kind === 'break') breaks.push(`line ${piece.line}: ${piece.why}`);
    else if (piece.kind === 'response') takePage(harvest, piece.members, piece.rows, place);
    else takeValue(harvest, piece.value, place);
  }
  const why = whyBroken(breaks);
  if (why !== undefined) harvest.gaps.push(fileGap(file.name, `rows of ${file.name}`, why));
}

function takeValue(harvest: Harvest, value: unknown, place: Place): void {
  const table = tableRows(value);
  if (table === undefined) {
    takeRow(harvest, value, place);
    return;
  }
  takePage(harvest, value, table.length, place);
  for (const row of table) takeRow(harvest, row, place);
}

function takePage(harvest: Harvest, members: unknown, rows: number, place: Place): void {
  if (!isObject(members)) return;
  const total = members['totalRecords'] ?? members['total_records'];
  const token = members['$skipToken'] ?? members['skip_token'];
  harvest.pages.push({
    ...place,
    rows,
    total: typeof total === 'number' ? total : undefined,
    hasNext: textOf(token) !== undefined || isTruncated(members),
  });
}

function takeRow(harvest: Harvest, body: unknown, place: Place): void {
  if (!isObject(body)) {
    report(harvest, place, 'row', body, 'a row is a JSON object with an id and a type');
    return;
  }
  const id = textOf(body['id']);
  const type = textOf(body['type'])?.toLowerCase() ?? (id && typeInId(id)) ?? typeOfShape(body);
  if (type === undefined) {
    const field = id === undefined ? 'id' : 'type';
    const says = 'a row needs an id and a type; keep both in the projection of the query';
    report(harvest, place, field, body[field], says);
    lose(harvest, undefined, place);
  } else if (type === manifestType) {
    takeManifest(harvest, body, place);
  } else {
    const known = resourceTypeNamed(type);
    if (known !== undefined) takeResource(harvest, body, known, id, place);
    else harvest.ignored.set(type, (harvest.ignored.get(type) ?? 0) + 1);
  }
}

function takeResource(
  harvest: Harvest,
  body: Readonly<Record<string, unknown>>,
  type: ResourceType,
  given: string | undefined,
  place: Place,
): void {
  const id = idOfRow(type, given, body, harvest.rows.size);
  if (id === undefined) {
    const says = `a row of ${type} needs its resource id; keep id in the projection of the query`;
    report(harvest, place, 'id', body['id'], says);
    lose(harvest, type, place);
    return;
  }
  const key = `${type} ${id}`;
  const earlier = harvest.rows.get(key);
  if (earlier !== undefined) {
    const dropped = { file: earlier.file, line: earlier.line };
    harvest.duplicates.push({ id, type, kept: place, dropped });
  }
  harvest.rows.set(key, { row: { kind: 'row', id, type, body }, ...place });
}

/** A manifest that cannot be read could have limited anything, so nothing counts as read. */
function takeManifest(
  harvest: Harvest,
  body: Readonly<Record<string, unknown>>,
  place: Place,
): void {
  const parsed = manifestSchema.safeParse(body);
  if (parsed.success) {
    harvest.manifests.push(parsed.data);
    return;
  }
  const [issue] = parsed.error.issues;
  const [member] = issue?.path ?? [];
  const field = issue?.path.join('.') ?? '';
  const says = `the manifest cannot be read (${issue?.message ?? 'wrong shape'}); export again`;
  report(harvest, place, field, typeof member === 'string' ? body[member] : body, says);
  const why = `line ${place.line}: ${field} of the manifest cannot be read`;
  harvest.gaps.push(fileGap(place.file, 'what the export covers', why));
}

function report(harvest: Harvest, place: Place, field: string, value: unknown, says: string): void {
  const text = JSON.stringify(value) ?? 'absent';
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  harvest.problems.push({ ...place, field, value: shown, says });
}

function lose(harvest: Harvest, type: ResourceType | undefined, place: Place): void {
  const key = `${place.file} ${type}`;
  const lost = harvest.lost.get(key) ?? { type, first: place, count: 0 };
  lost.count++;
  harvest.lost.set(key, lost);
}

function lostRows(harvest: Harvest): readonly Gap[] {
  return [...harvest.lost.values()].map(({ type, first, count }) => {
    const rows = count === 1 ? 'a row' : `${count} rows`;
    const what = `${rows} of ${type ?? 'an unknown type'} in ${first.file}`;
    return type === undefined
      ? fileGap(first.file, what, `line ${first.line}: no type`)
      : { ...fileGap(first.file, what, `line ${first.line}: no resource id`), type };
  });
}

/** The answer about security admin rules has neither an id nor a type. */
function typeOfShape(body: Readonly<Record<string, unknown>>): ResourceType | undefined {
  return isEffectiveAdminRules(body) ? adminRulesType : undefined;
}

async function filesAt(path: string): Promise<readonly EstateFile[]> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined) {
    throw new EstateUnreadableError(
      `There is no file or folder ${path}. Give --estate a file with the rows of Resource Graph, or a folder of such files.`,
    );
  }
  if (!entry.isDirectory()) return [{ name: basename(path), path }];
  const files = await filesBelow(path, '', new Set());
  if (files.length === 0) {
    throw new EstateUnreadableError(
      `The folder ${path} holds no .json, .jsonl or .ndjson file. Export the rows of Resource Graph into it.`,
    );
  }
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Links are followed, as mounted volumes are made of them; `above` keeps a link from leading in circles. */
async function filesBelow(
  folder: string,
  prefix: string,
  above: ReadonlySet<string>,
): Promise<readonly EstateFile[]> {
  const real = await realpath(folder);
  if (above.has(real)) return [];
  const found: EstateFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const name = prefix + entry.name;
    const isFolder = entry.isSymbolicLink()
      ? ((await stat(path).catch(() => undefined))?.isDirectory() ?? false)
      : entry.isDirectory();
    if (isFolder) found.push(...(await filesBelow(path, `${name}/`, new Set([...above, real]))));
    else if (extensions.has(extname(entry.name).toLowerCase())) found.push({ name, path });
  }
  return found;
}

/** The pieces of one file; a file that cannot be opened or read on is a break like any other. */
async function* piecesOf(file: EstateFile, options: EstateOptions): AsyncGenerator<JsonPiece> {
  const lines = lineExtensions.has(extname(file.name).toLowerCase());
  const limit = options.maxRowBytes;
  const splitter = jsonSplitter({
    lines,
    ...(limit === undefined ? {} : { maxValueBytes: limit }),
  });
  let line = 1;
  try {
    for await (const chunk of createReadStream(file.path)) {
      for (const piece of splitter.push(bytesOf(chunk))) {
        line = piece.line;
        yield piece;
      }
    }
  } catch (error) {
    yield { kind: 'break', line, why: error instanceof Error ? error.message : String(error) };
    return;
  }
  yield* splitter.end();
}

function bytesOf(chunk: unknown): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : new TextEncoder().encode(String(chunk));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/**
 * The rows of a response in Resource Graph's table format, or undefined for anything else.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data
 */
function tableRows(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value) || value['id'] !== undefined || value['type'] !== undefined)
    return undefined;
  const data = value['data'];
  if (!isObject(data)) return undefined;
  const { columns, rows } = data;
  if (!Array.isArray(columns) || !Array.isArray(rows)) return undefined;
  const names = columns.map((column: unknown) => (isObject(column) ? String(column['name']) : ''));
  return rows.map((row: unknown) =>
    Array.isArray(row) ? Object.fromEntries(names.map((name, at) => [name, row[at]])) : row,
  );
}

/** Resource Graph writes the boolean as a string. */
function isTruncated(members: Readonly<Record<string, unknown>>): boolean {
  return members['resultTruncated'] === true || members['resultTruncated'] === 'true';
}

/**
 * Graph objects have bare GUIDs, and the service tag list may come without the id of a subscription.
 * Security admin rules are those of the network they name inside, and `number` keeps them apart: the
 * id of a rule says which manager made it, and comes once for each network it reaches.
 */
function idOfRow(
  type: ResourceType,
  id: string | undefined,
  body: Readonly<Record<string, unknown>>,
  number: number,
): ResourceId | undefined {
  if (type === adminRulesType && networkOf(id) === undefined) {
    const network = networkNamedIn(body);
    if (network !== undefined) return resourceId(`${network}/providers/${type}/row-${number}`);
  }
  if (id === undefined) {
    return type === 'microsoft.network/servicetags'
      ? resourceId(`/providers/microsoft.network/servicetags/${textOf(body['name']) ?? 'public'}`)
      : undefined;
  }
  return id.startsWith('/') || type.startsWith('microsoft.graph/') ? resourceId(id) : undefined;
}

function isWanted(row: Row, subscriptions: ReadonlySet<string>): boolean {
  const subscription = subscriptionIdOf(row.id);
  return subscription === undefined || isTenantWide(row.type) || subscriptions.has(subscription);
}

function subscriptionsOf(rows: Iterable<StoredRow>): ReadonlySet<string> {
  const subscriptions = new Set<string>();
  for (const { row } of rows) {
    const subscription = isTenantWide(row.type) ? undefined : subscriptionIdOf(row.id);
    if (subscription !== undefined) subscriptions.add(subscription);
  }
  return subscriptions;
}

function fileGap(file: string, what: string, why: string): Gap {
  return { kind: 'gap', scope: file, what, why };
}

function whyBroken(breaks: readonly string[]): string | undefined {
  const [first] = breaks;
  return first === undefined || breaks.length === 1
    ? first
    : `${first}; and ${breaks.length - 1} more such lines`;
}

/**
 * A gap for each response that is one page of several, unless the pages with the same total add up to
 * it: `az graph query` returns 100 rows unless told otherwise, and says so only in these members.
 */
function missingPages(pages: readonly ResponsePage[]): readonly Gap[] {
  const held = new Map<number | undefined, number>();
  for (const { total, rows } of pages) held.set(total, (held.get(total) ?? 0) + rows);
  return pages
    .filter(({ total, rows, hasNext }) =>
      total === undefined
        ? hasNext
        : (rows < total || hasNext) && (held.get(total) ?? 0) % total !== 0,
    )
    .map(({ file, line, rows, total }) =>
      fileGap(
        file,
        `rows that the response in ${file} leaves out`,
        `line ${line}: it holds ${rows} rows of ${total ?? 'more'}; export every page`,
      ),
    );
}

function nothingIn(path: string, files: readonly EstateFile[], harvest: Harvest): string {
  const [gap] = harvest.gaps;
  const [problem] = harvest.problems;
  const reason =
    problem !== undefined
      ? ` ${problem.file}, line ${problem.line}: ${problem.field} is ${problem.value}; ${problem.says}.`
      : gap !== undefined
        ? ` ${gap.scope}: ${gap.why}.`
        : '';
  const where = files.length === 1 ? path : `the ${files.length} files of ${path}`;
  return `There is no row in ${where}.${reason} Give --estate the rows of Resource Graph: a JSON array, {"data":[…]} or JSON lines.`;
}
