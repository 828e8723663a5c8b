/** What must hold of plans that somebody has to approve. Each returns what does not, in words. */
import { catalogue } from '../../shared/checks/catalogue.ts';
import type { JournalRow } from '../../shared/remediation/journal.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import type { Remediation } from '../../shared/remediation/remediation-store.ts';
import type { Asked } from './approver.ts';
import type { World } from './world.ts';

/** What is looked at of a world, to be told whether it did what people decided and no more. */
interface Decided {
  readonly asked: readonly Asked[];
  readonly azure: Pick<World['azure'], 'sent' | 'overwritten'>;
}

type Requested = Extract<JournalRow, { readonly step: 'requested' }>;

const automatic: ReadonlySet<string> = new Set(
  catalogue.flatMap(({ id, remediation }) => (remediation === 'automatic' ? [id] : [])),
);

/** The row of a journal that has a decision of such a kind. */
const stepOf = { approve: 'approved', reject: 'rejected', rollback: 'rollbackAsked' } as const;

/** As often a request is sent again whose answer does not come. */
const mostTries = 4;

/**
 * Nothing is written that was neither automatic nor approved, nothing that was rejected, and nothing
 * twice; what was approved comes to an end, with a word unless it is done; what somebody has taken back
 * goes, and nothing that neither failed nor was asked for; and each decision that was
 * answered as taken is in the journal once, by whoever took it, as is none that nobody took.
 */
export function decisionsAmiss(
  world: Decided,
  remediations: readonly Remediation[],
): readonly string[] {
  const known = new Map(remediations.map((one) => [one.head.id, one]));
  return [
    ...world.asked.flatMap((asked) => answerAmiss(asked, known.get(asked.id))),
    ...remediations.flatMap((one) => [
      ...trailAmiss(one, world.asked),
      ...endAmiss(one),
      ...orderAmiss(one),
      ...backAmiss(one),
    ]),
    ...sentAmiss(world, remediations),
  ];
}

/** What somebody was told is what the journal has. */
function answerAmiss(
  { id, kind, hash, by, answer }: Asked,
  remediation: Remediation | undefined,
): readonly string[] {
  if (remediation === undefined) return [`${by} decided on ${id}, and there is no such plan`];
  const { head, rows } = remediation;
  const what = `${by}: ${kind} ${id}`;
  if (hash !== head.hash) {
    return answer === 'taken' ? [`taken, for another plan than the one that waits: ${what}`] : [];
  }
  const found = rows.filter((row) => row.step === stepOf[kind] && row.by === by).length;
  if (answer === 'taken' && found !== 1)
    return [`taken, and ${found} times in the journal: ${what}`];
  return [];
}

/** Who decided in a journal asked for it, and was not told that it came to nothing; and nobody decided twice. */
function trailAmiss({ head, rows }: Remediation, asked: readonly Asked[]): readonly string[] {
  const wrong: string[] = [];
  for (const kind of ['approve', 'reject', 'rollback'] as const) {
    const decided = rows.filter((row) => row.step === stepOf[kind]);
    if (kind !== 'rollback' && decided.length > 1) {
      wrong.push(`${decided.length} times ${stepOf[kind]}: ${head.id}`);
    }
    for (const row of decided) {
      if (!('by' in row)) continue;
      const own = asked.filter(
        (one) =>
          one.id === head.id && one.kind === kind && one.by === row.by && one.hash === head.hash,
      );
      const isTold = own.some(({ answer }) => answer !== 'refused');
      if (isTold) continue;
      const why = own.length === 0 ? 'asked for it' : 'was told so';
      wrong.push(`${row.step} by ${row.by}, who never ${why}: ${head.id}`);
    }
  }
  return wrong;
}

/** What was rejected ends so, what was approved in one of the ways in which a change ends. */
function endAmiss({ head: { id, state, because = '' }, rows }: Remediation): readonly string[] {
  const isApproved = rows.some(({ step }) => step === 'approved');
  const isRejected = rows.some(({ step }) => step === 'rejected');
  if (isApproved && isRejected) return [`approved and rejected: ${id}`];
  if (isRejected) return state === 'rejected' ? [] : [`rejected, and ${state}: ${id}`];
  if (state === 'rejected') return [`nobody rejected it: ${id}`];
  const isAskedBack = rows.some(({ step }) => step === 'rollbackAsked');
  const isBack = state === 'rolledBack' || state === 'partlyRolledBack';
  if (isAskedBack && !isBack) return [`to be taken back, and ${state}: ${id}`];
  if (!isApproved || state === 'done') return [];
  if (!['rolledBack', 'partlyRolledBack', 'refused', 'void'].includes(state)) {
    return [`approved, and ${state}: ${id}`];
  }
  return because === '' ? [`approved, and ${state} without a word: ${id}`] : [];
}

/** Nothing begins before it may, goes on after its end, or is written twice. */
function orderAmiss({ head: { id }, rows }: Remediation): readonly string[] {
  const wrong: string[] = [];
  const [request] = rows;
  if (request?.step !== 'requested') return [];
  const begun = rows.findIndex(({ step }) => step === 'confirmed' || step === 'writing');
  const before = begun < 0 ? [] : rows.slice(0, begun);
  if (begun >= 0 && !isAutomatic(request)) {
    const isApproved = before.some(
      (row) => row.step === 'approved' && row.hash === request.plan.hash,
    );
    if (!isApproved) wrong.push(`begun, and nobody approved it: ${id}`);
  }
  if (begun >= 0 && rows.some(({ step }) => step === 'rejected')) {
    wrong.push(`begun, and rejected: ${id}`);
  }
  const end = rows.findIndex(({ step }) => step === 'ended');
  const back = rows.findIndex(({ step }) => step === 'rollbackAsked');
  const after = end < 0 ? [] : rows.slice(end + 1);
  if (after.length > 0 && after[0]?.step !== 'rollbackAsked') {
    wrong.push(`${after[0]?.step} after its end: ${id}`);
  }
  if (back >= 0 && rows.slice(back).some(({ step }) => step === 'writing')) {
    wrong.push(`written after it was to be taken back: ${id}`);
  }
  const removing = rows.findIndex(({ step }) => step === 'removing');
  const isMeant = rows
    .slice(0, Math.max(0, removing))
    .some(({ step }) => step === 'failed' || step === 'rollbackAsked');
  if (removing >= 0 && !isMeant) wrong.push(`taken back, and nobody asked for it: ${id}`);
  for (const index of request.plan.changes.keys()) {
    const written = rows.filter((row) => row.step === 'written' && row.index === index).length;
    if (written > 1) wrong.push(`written ${written} times: change ${index} of ${id}`);
  }
  return wrong;
}

/** Of what was taken back each change that was made, or may have been, is told to be gone or left. */
function backAmiss({ head: { id, state }, rows }: Remediation): readonly string[] {
  const [request] = rows;
  if (request?.step !== 'requested') return [];
  if (state !== 'rolledBack' && state !== 'partlyRolledBack') return [];
  return [...request.plan.changes.keys()].flatMap((index) => {
    const own = rows.filter((row) => 'index' in row && row.index === index);
    const written = own.find((row) => row.step === 'written');
    const isOurs =
      written?.step === 'written' ? written.made : own.some(({ step }) => step === 'writing');
    const isGone = own.some(({ step }) => step === 'removed');
    const isLeft = own.some(({ step }) => step === 'left') && state === 'partlyRolledBack';
    return !isOurs || isGone || isLeft ? [] : [`${state}, but for change ${index}: ${id}`];
  });
}

/** Whether nobody had to be asked; a check whose remediation asks for an approval always does. */
function isAutomatic({ plan, held }: Requested): boolean {
  return automatic.has(plan.checkId) && !plan.approval && held !== true;
}

/** What reached Azure, told apart from what journals say. */
function sentAmiss({ asked, azure }: Decided, remediations: readonly Remediation[]): string[] {
  const wrong = azure.overwritten.map((one) => `written again although it is there: ${one}`);
  const agreed = new Set<string>();
  for (const { id, kind, hash, answer } of asked) {
    if (kind === 'approve' && answer !== 'refused') agreed.add(`${id} ${hash}`);
  }
  const mayBeSent = new Map<string, number>();
  for (const { head, rows } of remediations) {
    const [request] = rows;
    if (request?.step !== 'requested') continue;
    const { plan } = request;
    if (!isAutomatic(request) && !agreed.has(`${head.id} ${plan.hash}`)) continue;
    for (const [index, change] of plan.changes.entries()) {
      const path = sentAs(change);
      const tries = rows.filter((row) => row.step === 'writing' && row.index === index).length;
      mayBeSent.set(path, (mayBeSent.get(path) ?? 0) + tries * mostTries);
    }
  }
  const mayBeTaken = new Set(
    remediations.flatMap(({ rows }) => {
      const [request] = rows;
      if (request?.step !== 'requested') return [];
      return rows.flatMap((row) =>
        row.step === 'removing' ? [request.plan.changes[row.index]?.url ?? ''].map(pathOf) : [],
      );
    }),
  );
  for (const [path, own] of Map.groupBy(
    azure.sent.map((one) => one.toLowerCase()),
    (one) => one,
  )) {
    if (path.startsWith('delete ')) {
      if (!mayBeTaken.has(path.slice('delete '.length))) {
        wrong.push(`taken back, and no journal says so: ${path}`);
      }
      continue;
    }
    const most = mayBeSent.get(path);
    if (most === undefined) wrong.push(`neither automatic nor approved: ${path}`);
    else if (own.length > most) wrong.push(`sent ${own.length} times instead of ${most}: ${path}`);
  }
  return wrong;
}

function sentAs({ method, url }: Plan['changes'][number]): string {
  return `${method.toLowerCase()} ${pathOf(url)}`;
}

function pathOf(url: string): string {
  return (url.split('?')[0] ?? '').toLowerCase();
}
