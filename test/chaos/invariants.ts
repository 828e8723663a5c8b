/** What must hold whatever goes wrong. Each returns what does not, in words. */
import { fingerprint } from '../../shared/findings/fingerprint.ts';
import type { Finding, Transition } from '../../shared/model/finding.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { placesOf } from '../../shared/pipeline/dependencies.ts';
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';
import { headOf } from '../../shared/remediation/journal.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import type { Remediation } from '../../shared/remediation/remediation-store.ts';
import { idIn } from '../../shared/remediation/without-writes.ts';
import type { Report, VerdictReport } from '../../shared/reports/report.ts';
import { auditRows } from '../pipeline/audit-rows.ts';
import { keyOf } from './drifting-estate.ts';
import type { World } from './world.ts';

type Truth = ReadonlyMap<string, string>;

/** The cluster and the check of a verdict. */
function placeOf({ clusterId, checkId }: Pick<VerdictReport, 'clusterId' | 'checkId'>): string {
  return `${clusterId.toLowerCase()} ${checkId}`;
}

function isWell(kind: string | undefined): boolean {
  return kind === 'pass' || kind === 'notApplicable';
}

/** Checks that read neither rules nor role assignments: nothing of ours bears on them. */
export const beyondOurWrites: ReadonlySet<string> = new Set([
  'cluster-in-virtual-network',
  'dns-service-ip-in-service-cidr',
  'docker-bridge-disjoint',
  'kubernetes-rbac-enabled',
  'ml-compute-attachable',
  'ml-compute-supported',
  'no-container-instances-with-private-workspace',
  'private-cluster',
  'private-cluster-without-public-fqdn',
  'service-cidr-disjoint',
  'workspace-in-cluster-network',
  'workspace-in-cluster-region',
]);

/** Whether something that we wrote may bear on what a check says of a cluster. */
export function mayBearOn(affected: ReadonlySet<string>, place: string): boolean {
  const [cluster = '', checkId = ''] = place.split(' ');
  return affected.has(cluster) && !beyondOurWrites.has(checkId);
}

/** How often the verdicts of a report were true, and not known because of a gap. */
export interface Told {
  readonly isTrue: number;
  readonly isUnknown: number;
  /** Verdicts of clusters that the report names as missing. */
  readonly isMissing: number;
}

/**
 * A report that was made while something went wrong: each verdict is one of these truths, or unknown
 * with what is missing; and what the report leaves out, a gap names.
 */
export function untrueIn(
  report: Report,
  truths: readonly Truth[],
  isAffected: (place: string) => boolean,
): { readonly wrong: readonly string[]; readonly told: Told } {
  const wrong: string[] = [];
  const verdicts = new Map(report.verdicts.map((verdict) => [placeOf(verdict), verdict]));
  const told = { isTrue: 0, isUnknown: 0, isMissing: 0 };
  for (const place of truths[0]?.keys() ?? []) {
    if (isAffected(place)) continue;
    const allowed = truths.map((truth) => truth.get(place));
    const verdict = verdicts.get(place);
    if (verdict === undefined) {
      if (report.gaps.length === 0) wrong.push(`no verdict on ${place}, and no gap`);
      told.isMissing += 1;
    } else if (allowed.includes(verdict.kind)) told.isTrue += 1;
    else if (verdict.kind === 'unknown') {
      const isExplained = (verdict.missing ?? []).length > 0 && report.gaps.length > 0;
      if (!isExplained) wrong.push(`unknown without a gap: ${place}`);
      told.isUnknown += 1;
    } else
      wrong.push(`${verdict.kind} instead of ${allowed.join('/')}: ${place}: ${verdict.summary}`);
  }
  for (const place of verdicts.keys()) {
    if (!truths.some((truth) => truth.has(place))) wrong.push(`invented: ${place}`);
  }
  return { wrong, told };
}

/** Where a report that was read during a change says what was true neither before nor after it. */
export function toreIn(
  report: Report,
  truths: readonly Truth[],
  isTorn: (place: string) => boolean,
): readonly string[] {
  return report.verdicts.flatMap((verdict) => {
    const place = placeOf(verdict);
    const isTrue = truths.some((truth) => truth.get(place) === verdict.kind);
    return isTrue || verdict.kind === 'unknown' || !isTorn(place) ? [] : [place];
  });
}

/** Everything that is kept of remediations. */
export async function remediationsOf({ stores }: World): Promise<readonly Remediation[]> {
  const found: Remediation[] = [];
  for (let from: string | undefined, more = true; more;) {
    const page = await stores.remediations.page(100, from);
    for (const { id } of page.items) {
      const kept = await stores.remediations.get(id);
      if (kept !== undefined) found.push(kept);
    }
    from = page.next;
    more = from !== undefined;
  }
  return found;
}

/** The clusters on which something that we wrote bears, whether or not it was taken back. */
export async function affectedBy(
  world: World,
  remediations: readonly Remediation[],
): Promise<ReadonlySet<string>> {
  const affected = new Set<string>();
  for (const { rows } of remediations) {
    if (!rows.some(({ step }) => step === 'writing')) continue;
    const [request] = rows;
    if (request?.step !== 'requested') continue;
    affected.add(request.plan.clusterId);
    const places = request.plan.changes.flatMap((write) => placesOf(idIn(write)));
    for (const id of await world.stores.dependencies.clustersOf(places)) affected.add(id);
  }
  return affected;
}

/** The clusters on which something of ours bears that is there now. */
export async function affectedNow(world: World): Promise<ReadonlySet<string>> {
  const places = [...oursIn(world.azure.rows()).keys()].flatMap((id) => placesOf(resourceId(id)));
  return new Set<string>(await world.stores.dependencies.clustersOf([...new Set(places)]));
}

/** Every finding that is kept. */
async function findingsOf({ stores }: World): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (let from: string | undefined, more = true; more;) {
    const page = await stores.findings.page(100, from);
    found.push(...page.items);
    from = page.next;
    more = from !== undefined;
  }
  return found;
}

/** Once everything is quiet: the report is that of one audit of the estate, and true. */
export async function untrueAtTheEnd(
  world: World,
  truth: Truth,
  affected: ReadonlySet<string>,
  { isPlannedOn = true }: { readonly isPlannedOn?: boolean } = {},
): Promise<readonly string[]> {
  const report = await world.readLatest();
  if (report === undefined) return ['no report was saved'];
  const wrong: string[] = [];
  const verdicts = new Map(report.verdicts.map((verdict) => [placeOf(verdict), verdict]));
  const audited = await auditRows(world.azure.rows(), settingsOf(world));
  for (const [place, { kind }] of audited.verdicts) {
    const got = verdicts.get(place)?.kind ?? 'nothing';
    if (got !== kind) wrong.push(`the report says ${got}, one audit says ${kind}: ${place}`);
  }
  if (verdicts.size !== audited.verdicts.size) {
    wrong.push(`${verdicts.size} verdicts instead of ${audited.verdicts.size}`);
  }
  for (const [place, kind] of truth) {
    const got = verdicts.get(place)?.kind ?? 'nothing';
    const isRight = mayBearOn(affected, place)
      ? // What plans promise holds for the estate they were made on.
        !(isPlannedOn && isWell(kind) && got === 'fail')
      : got === kind;
    if (!isRight) wrong.push(`${got} instead of ${kind} at the end: ${place}`);
  }
  return [...wrong, ...(await findingsAmiss(world, verdicts))];
}

function settingsOf(world: World): unknown {
  return { ...world.estate.settings() };
}

/** Findings are open exactly where the last verdict fails; where nobody knows, they stay. */
async function findingsAmiss(
  world: World,
  verdicts: ReadonlyMap<string, VerdictReport>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const findings = new Map((await findingsOf(world)).map((one) => [one.fingerprint, one]));
  for (const [place, { clusterId, checkId, kind }] of verdicts) {
    const finding = findings.get(fingerprint(checkId, clusterId));
    findings.delete(fingerprint(checkId, clusterId));
    const isOpen = finding?.state === 'open';
    if (kind === 'fail' && !isOpen) wrong.push(`fails, and no finding is open: ${place}`);
    if (isWell(kind) && isOpen && !world.isUnsettled(clusterId)) {
      wrong.push(`${kind}, and a finding is open since ${finding.since}: ${place}`);
    }
  }
  for (const { clusterId, checkId, state } of findings.values()) {
    if (state === 'open') wrong.push(`a finding of nothing: ${clusterId} ${checkId}`);
  }
  return wrong;
}

/** Each receiver heard each transition, in order; twice only where an answer or a process was lost. */
export async function alertsAmiss(world: World, mayRepeat: boolean): Promise<readonly string[]> {
  const wrong: string[] = [];
  for await (const { fingerprint: id, sequence } of world.stores.findings.undelivered()) {
    wrong.push(`still in the outbox: ${id} ${sequence}`);
  }
  for await (const { finding } of world.stores.conditions.undelivered()) {
    wrong.push(`still in the outbox: ${finding.checkId} ${finding.clusterId}`);
  }
  const byAlert = Map.groupBy(world.heard, ({ sink, id }) => `${sink} ${id}`);
  for (const finding of await findingsOf(world)) {
    const history = await world.stores.findings.history(finding);
    const expected = history.map(({ sequence }) => sequence);
    const known = `${finding.clusterId} ${finding.checkId}`;
    if (finding.sequence !== (expected.at(-1) ?? 0)) {
      wrong.push(
        `the finding is at ${finding.sequence}, its history at ${expected.at(-1)}: ${known}`,
      );
    }
    if (expected.some((sequence, index) => sequence !== index + 1)) {
      wrong.push(`transitions ${expected.join(' ')}: ${known}`);
    }
    wrong.push(...alternationsAmiss(history, known));
    for (const sink of world.sinks) {
      const sequences = (byAlert.get(`${sink} ${finding.fingerprint}`) ?? []).map(
        ({ sequence }) => sequence,
      );
      byAlert.delete(`${sink} ${finding.fingerprint}`);
      const distinct = [...new Set(sequences)];
      if (distinct.join(' ') !== expected.join(' ')) {
        wrong.push(`${sink} heard ${sequences.join(' ')} of ${expected.join(' ')}: ${known}`);
      } else if (!mayRepeat && sequences.length !== distinct.length) {
        wrong.push(`${sink} heard twice: ${sequences.join(' ')}: ${known}`);
      }
    }
  }
  // What is told of the service itself lies elsewhere.
  for await (const finding of conditionsOf(world)) {
    for (const sink of world.sinks) byAlert.delete(`${sink} ${finding.fingerprint}`);
  }
  for (const which of byAlert.keys()) wrong.push(`an alert of nothing: ${which}`);
  return wrong;
}

async function* conditionsOf({ stores }: World): AsyncGenerator<Finding> {
  for (let from: string | undefined, more = true; more;) {
    const page = await stores.conditions.page(100, from);
    yield* page.items;
    from = page.next;
    more = from !== undefined;
  }
}

/** A finding opens before it ends, and ends before it opens again. */
function alternationsAmiss(history: readonly Transition[], known: string): readonly string[] {
  let isOpen = false;
  for (const { kind } of history) {
    const opens = kind === 'opened' || kind === 'reopened';
    if (opens === isOpen && (opens || kind === 'resolved')) {
      return [`${history.map((one) => one.kind).join(', ')}: ${known}`];
    }
    isOpen = kind !== 'resolved';
  }
  return [];
}

/** What is looked at of Azure, to be told whether it is as remediations say. */
interface Written {
  readonly azure: Pick<World['azure'], 'rows' | 'sent'>;
}

/**
 * What is in Azure of ours is what journals say, to the letter, and nothing was written that none
 * speaks of.
 */
export function writesAmiss(
  world: Written,
  remediations: readonly Remediation[],
): readonly string[] {
  const wrong: string[] = [];
  const planned = new Set<string>();
  const standing = new Map<string, ArmWrite>();
  for (const { head, rows } of remediations) {
    const [request] = rows;
    if (request?.step !== 'requested') {
      wrong.push(`${head.id} does not begin with a request`);
      continue;
    }
    const { changes, undo } = request.plan;
    for (const { method, url } of [...changes, ...undo]) planned.add(`${method} ${pathOf(url)}`);
    const told = headOf(head.id, rows);
    if (told.state !== head.state)
      wrong.push(`${head.id} is ${head.state}, its rows say ${told.state}`);
    const isOver = !['queued', 'approved', 'waiting', 'running'].includes(head.state);
    if (!isOver) wrong.push(`${head.id} is still ${head.state}: ${head.because ?? ''}`);
    if (isOver && head.state !== 'awaitingApproval' && rows.at(-1)?.step !== 'ended') {
      wrong.push(`${head.id} is ${head.state} and its last row is ${rows.at(-1)?.step}`);
    }
    for (const [index, change] of changes.entries()) {
      const steps = rows.filter((row) => 'index' in row && row.index === index);
      const last = steps.findLast(({ step }) => step !== 'writing' && step !== 'removing');
      // Journals come in no order of time, so none of them takes back what another has made.
      if (last?.step === 'left' || (last?.step === 'written' && last.made)) {
        standing.set(pathOf(change.url), change);
      }
    }
  }
  for (const one of new Set(world.azure.sent.map((sent) => sent.toLowerCase()))) {
    if (![...planned].some((each) => each.toLowerCase() === one)) wrong.push(`not planned: ${one}`);
  }
  for (const [path, properties] of oursIn(world.azure.rows())) {
    const request = standing.get(path);
    if (request === undefined) {
      wrong.push(`there is something of ours that no journal has: ${path}`);
      continue;
    }
    const asked: object = request.body?.['properties'] ?? {};
    for (const [name, value] of Object.entries(asked)) {
      const found: unknown = Reflect.get(properties, name);
      // Whose finding it was for is told by the first who asked.
      if (name === 'description' || textOf(found) === textOf(value)) continue;
      wrong.push(`${name} is ${textOf(found)} instead of ${textOf(value)}: ${path}`);
    }
  }
  return wrong;
}

/** Azure keeps names in any case. */
function textOf(value: unknown): string | undefined {
  return JSON.stringify(value)?.toLowerCase();
}

/** What is looked at of a world in the end, to be told whether plans kept what they promised. */
interface Promised {
  readonly azure: Pick<World['azure'], 'rows'>;
  readonly drifts: World['drifts'];
  readonly happened: Pick<World['happened'], 'counts'>;
  readLatest(): Promise<Pick<Report, 'verdicts'> | undefined>;
}

/**
 * No plan opens or grants what it does not show; and its check passes in the end, where what it wrote
 * is still there and nobody has changed anything since it was confirmed. Of moments that a wrong clock
 * wrote nobody can say what came later.
 */
export async function promisesAmiss(
  world: Promised,
  remediations: readonly Remediation[],
): Promise<readonly string[]> {
  const report = await world.readLatest();
  const verdicts = new Map((report?.verdicts ?? []).map((one) => [placeOf(one), one.kind]));
  const standing = oursIn(world.azure.rows());
  const lastDrift = Math.max(...world.drifts.map(({ at }) => at));
  return remediations.flatMap(({ head, rows }): readonly string[] => {
    const [request] = rows;
    if (request?.step !== 'requested') return [];
    const { plan } = request;
    const hidden = plan.changes.flatMap((change) => notShown(change, plan.diff));
    const confirmed = rows.find(({ step }) => step === 'confirmed');
    if (head.state !== 'done' || confirmed === undefined) return hidden;
    const isOverdone =
      Date.parse(confirmed.at) <= lastDrift || world.happened.counts.has('clock jumped');
    if (isOverdone || !plan.changes.every(({ url }) => standing.has(pathOf(url)))) return hidden;
    const kind = verdicts.get(placeOf(plan));
    const broken = isWell(kind) ? [] : [`${plan.id} promised a pass of ${placeOf(plan)}: ${kind}`];
    return [...hidden, ...broken];
  });
}

/**
 * What a request does that the plan does not show. Of rules it is the ports that are looked at: which
 * addresses a tag stands for only the engine knows, which is not to be its own judge.
 */
function notShown({ url, body }: ArmWrite, diff: Plan['diff']): readonly string[] {
  const path = pathOf(url);
  const properties: unknown = body?.['properties'];
  if (typeof properties !== 'object' || properties === null) return [];
  if (path.includes('/roleassignments/')) {
    const to: unknown = Reflect.get(properties, 'principalId');
    const isShown = diff.newlyGranted.some(
      ({ principalId, scope }) => principalId === to && path.startsWith(`${scope}/`),
    );
    return isShown ? [] : [`granted, and not shown: ${path} to ${String(to)}`];
  }
  const boxes =
    Reflect.get(properties, 'access') === 'Allow' ? diff.newlyAllowed : diff.newlyDenied;
  const named: unknown =
    Reflect.get(properties, 'destinationPortRanges') ??
    Reflect.get(properties, 'destinationPortRange');
  const ranges = [named].flat().map(String);
  const protocol = String(Reflect.get(properties, 'protocol'));
  const portsOf = (one: string) =>
    boxes
      .filter(({ protocols }) => protocols.includes(one))
      .flatMap(({ destinationPorts }) => destinationPorts.map(rangeOf));
  // What names every port comes before what denies some, and opens no more than that.
  if (ranges.includes('*')) {
    const isShown = boxes.some(({ protocols }) =>
      protocols.some((one) => isCovered([0, 65_535], portsOf(one))),
    );
    return isShown ? [] : [`every port, and not shown: ${path}`];
  }
  const protocols = protocol === '*' ? ['Tcp', 'Udp'] : [protocol];
  return protocols.flatMap((one) =>
    ranges
      .filter((range) => !isCovered(rangeOf(range), portsOf(one)))
      .map((range) => `${one} ${range}, and not shown: ${path}`),
  );
}

type Range = readonly [from: number, to: number];

function rangeOf(text: string): Range {
  const [from = '', to = from] = text.split('-');
  return [Number(from), Number(to)];
}

/** Whether every port of a range is in one of the others. */
function isCovered([from, to]: Range, ranges: readonly Range[]): boolean {
  let next = from;
  for (const [first, last] of ranges.toSorted(([a], [b]) => a - b)) {
    if (first <= next && last >= next) next = last + 1;
  }
  return next > to;
}

function pathOf(url: string): string {
  return (url.split('?')[0] ?? '').toLowerCase();
}

/** The properties of rules and role assignments that bear our mark, by their ids. */
function oursIn(rows: readonly object[]): ReadonlyMap<string, object> {
  const found = new Map<string, object>();
  for (const row of rows) {
    const properties: unknown = Reflect.get(row, 'properties');
    if (typeof properties !== 'object' || properties === null) continue;
    if (isOurs(properties)) found.set(keyOf(row), properties);
    const rules: unknown = Reflect.get(properties, 'securityRules');
    for (const rule of Array.isArray(rules) ? rules : []) {
      if (typeof rule !== 'object' || rule === null) continue;
      const own: unknown = Reflect.get(rule, 'properties');
      if (typeof own !== 'object' || own === null || !isOurs(own)) continue;
      const name = String(Reflect.get(rule, 'name')).toLowerCase();
      found.set(`${keyOf(row)}/securityrules/${name}`, own);
    }
  }
  return found;
}

function isOurs(properties: object): boolean {
  return String(Reflect.get(properties, 'description') ?? '').startsWith('Portcullis');
}

/** Nothing is left over: no message, no lease, no check that somebody waits for, no scan that runs. */
export async function leftovers(world: World): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const queue of ['scan-shards', 'cluster-checks', 'remediations', 'alerts'] as const) {
    const { waiting, poisoned } = await world.queues.depth(queue);
    if (waiting + poisoned > 0) wrong.push(`${queue}: ${waiting} waiting, ${poisoned} poisoned`);
  }
  for await (const { value } of world.stores.scans.list()) {
    if (value.state === 'cutting' || value.state === 'running') {
      wrong.push(`scan ${value.scanId} is ${value.state}`);
    }
  }
  for await (const { value } of world.stores.clusters.list()) {
    if (value.pending !== undefined) wrong.push(`a check is pending: ${value.id}`);
  }
  const leases = { partition: 'leases' };
  for await (const { text } of world.tables.list('Remediations', leases)) {
    const { value } = JSON.parse(text) as { value: { resource: string; until: number } };
    if (value.until > world.now()) wrong.push(`held until ${value.until}: ${value.resource}`);
  }
  return [...wrong, ...world.defects.map((defect) => `defect: ${JSON.stringify(defect)}`)];
}

/** What a finding went through, as words. */
export async function historiesOf(world: World): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const finding of await findingsOf(world)) {
    const history = await world.stores.findings.history(finding);
    const kinds = history.filter(({ kind }) => kind !== 'severityChanged').map(({ kind }) => kind);
    found.set(placeOf(finding), kinds.join(' '));
  }
  return found;
}
