import type { AlertChange, AlertMessage, Heard } from '../model/alert.ts';
import type { Check } from '../model/check.ts';
import type { Finding, Resolution, Transition } from '../model/finding.ts';
import { type ResourceId, nameOf } from '../model/resource-id.ts';
import { commandIn, proofText } from '../reports/proof-text.ts';
import { plainText } from '../reports/text-layout.ts';

/** What of a check an alert repeats. */
export type AlertedCheck = Pick<Check<never>, 'title' | 'advice' | 'remediation' | 'source'>;

/** Where people look further. */
export interface AlertPlaces {
  /** The portal of the cloud, such as `https://portal.azure.com`; undefined where it has none. */
  readonly portal?: string;
  /** The address of the latest report. */
  readonly report?: string;
}

/** A text is as long as this at most; who wants more follows the link. */
const longest = 400;
/** As many proofs are repeated. */
const proofs = 3;

/**
 * What a receiver is told of a transition: short, on one line each, and without what would steer a
 * terminal. `heard` is how far it has heard with this message.
 */
export function alertMessage(
  change: AlertChange,
  { fingerprint: id, sequence, at, finding }: Transition,
  { firedAt = at, times }: Heard,
  check: AlertedCheck | undefined,
  { portal, report }: AlertPlaces,
): AlertMessage {
  const { checkId, clusterId: subject, severity, firstSeen, cause, evidence } = finding;
  const isOver = change === 'resolved';
  return {
    id,
    sequence,
    change,
    at,
    severity,
    title: check?.title ?? checkId,
    says: short(isOver ? whyOver(finding) : finding.summary),
    checkId,
    subject,
    subjectName: subject === '/' ? 'Portcullis' : plainText(nameOf(subject)),
    since: firedAt,
    firstSeen,
    reopened: Math.max(0, times - 1),
    ...(cause === undefined ? {} : { cause }),
    proof: isOver ? [] : evidence.slice(0, proofs).map((each) => short(proofText(each))),
    fix: isOver ? { says: 'Nothing is left to do.' } : fixOf(finding, check),
    links: {
      ...(portal === undefined || !hasPage(subject) ? {} : { portal: pageOf(portal, subject) }),
      ...(check === undefined ? {} : { guidance: check.source }),
      ...(report === undefined ? {} : { report }),
    },
  };
}

function whyOver(finding: Finding): string {
  const { state, exempt, severity, resolution } = finding;
  if (exempt !== null) {
    const until = exempt.expiresOn === null ? '' : ` until ${exempt.expiresOn}`;
    const by = exempt.approvedBy === null ? '' : ` by ${exempt.approvedBy}`;
    return `It still fails and is accepted${until}${by}: ${exempt.reason}`;
  }
  if (state === 'open') {
    return `It still fails, as ${severity}; by the settings that is no alert here any more.`;
  }
  const how: Resolution | undefined = resolution;
  switch (how) {
    case 'notApplicable':
      return 'It asks for nothing here any more.';
    case 'clusterGone':
      return 'The cluster is gone, or serves Azure Machine Learning no more.';
    case 'notChecked':
      return 'The check is switched off in the settings.';
    case 'passes':
    case undefined:
      return 'It is put right.';
  }
}

/** The plan that this program can make, else a command that the evidence gives, else the advice. */
function fixOf(
  { checkId, clusterId, evidence }: Finding,
  check: AlertedCheck | undefined,
): AlertMessage['fix'] {
  const says = short(check?.advice ?? 'The log of the app has more.');
  if (check !== undefined && check.remediation !== 'none') {
    const command = `portcullis plan --cluster ${quoted(clusterId)} --check ${checkId}`;
    return { says, command };
  }
  const given = evidence.flatMap((each) => commandIn(each.says).command ?? [])[0];
  return given === undefined ? { says } : { says, command: given };
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${plainText(text).replaceAll("'", "'\\''")}'`;
}

function hasPage(subject: ResourceId): boolean {
  return /^\/subscriptions\/[^/]+(\/resourcegroups\/[^/]+(\/providers\/.+)?)?$/.test(subject);
}

function pageOf(portal: string, subject: ResourceId): string {
  return `${portal}/#@/resource${subject.toWellFormed().split('/').map(encodeURIComponent).join('/')}`;
}

function short(text: string): string {
  const characters = Array.from(plainText(text));
  return characters.length <= longest
    ? characters.join('')
    : `${characters.slice(0, longest - 1).join('')}…`;
}
