import type { AlertChange, AlertMessage } from '../model/alert.ts';
import { plainText, shortIds } from '../reports/text-layout.ts';

const changeWords: Readonly<Record<AlertChange, string>> = {
  opened: 'opened',
  reopened: 'came back',
  severityChanged: 'changed severity',
  resolved: 'resolved',
};

interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'Bolder';
  readonly size?: 'Large' | 'Small';
  readonly fontType?: 'Monospace';
  readonly isSubtle?: true;
}

/**
 * An alert as a message of Teams with one Adaptive Card 1.5, as a workflow takes it from its webhook.
 * Texts are runs: in those, Teams reads no Markdown, so that names given by others show as they are.
 * Sources: https://adaptivecards.io/explorer/RichTextBlock.html,
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export function teamsMessage(message: AlertMessage) {
  const content = adaptiveCard(message);
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

function adaptiveCard(message: AlertMessage) {
  const { id, sequence, change, severity, title, says, checkId, subject, subjectName } = message;
  const { proof, fix, links } = message;
  const isOver = change === 'resolved';
  const headline = `${severity.toUpperCase()} ${changeWords[change]}: ${subjectName}`;
  const style = isOver
    ? 'good'
    : severity === 'low' || severity === 'info'
      ? 'accent'
      : 'attention';
  const actions = [
    { title: 'Open in the portal', url: links.portal },
    { title: 'Latest report', url: links.report },
    { title: 'Guidance', url: links.guidance },
  ].flatMap(({ title: name, url }) =>
    url === undefined ? [] : [{ type: 'Action.OpenUrl', title: name, url }],
  );
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: run(`${headline}. ${says}`).text,
    body: [
      {
        type: 'Container',
        style,
        bleed: true,
        items: [
          paragraph(run(headline, { weight: 'Bolder', size: 'Large' })),
          paragraph(run(says)),
        ],
      },
      fact('Expected', title),
      fact('Since', sinceText(message)),
      ...(message.cause === undefined ? [] : [fact('Changed', causeText(message.cause))]),
      ...proof.map((text) => fact('Proof', shortIds(text))),
      ...(isOver ? [] : [fact('To do', fix.says)]),
      ...(fix.command === undefined
        ? []
        : [paragraph(run(fix.command, { fontType: 'Monospace', size: 'Small' }))]),
      fact('Where', subject),
      paragraph(run(`${checkId} · ${id}/${sequence}`, { isSubtle: true, size: 'Small' })),
    ],
    ...(actions.length === 0 ? {} : { actions }),
  };
}

function sinceText({ change, at, since, firstSeen, reopened }: AlertMessage): string {
  const ended = change === 'resolved' ? ` until ${moment(at)}` : '';
  const before = reopened === 0 ? '' : `; for the first time ${moment(firstSeen)}`;
  const times =
    reopened === 0 ? '' : `, came back ${reopened === 1 ? 'once' : `${reopened} times`}`;
  return `${moment(since)}${ended}${before}${times}`;
}

function causeText({
  actor,
  operation,
  resourceId,
  at,
}: NonNullable<AlertMessage['cause']>): string {
  return `${moment(at)} by ${actor ?? 'somebody unknown'}: ${operation.split('/').slice(-2).join('/')} on ${withinProvider(resourceId)}`;
}

/** `networksecuritygroups/nsg-nodes/securityrules/deny-callers` of a whole id. */
function withinProvider(id: string): string {
  const [, own = id] = /.*\/providers\/[^/]+\/(.+)$/.exec(id) ?? [];
  return own;
}

/** `2026-11-24 02:00 UTC`. */
function moment(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

function fact(label: string, value: string) {
  return paragraph(run(`${label}: `, { weight: 'Bolder' }), run(plainText(value)));
}

function paragraph(...inlines: readonly TextRun[]) {
  return { type: 'RichTextBlock', inlines };
}

/** Cards put dates for `{{DATE(…)}}` even in runs; a blank between the braces shows them as they are. */
function run(text: string, more: Omit<TextRun, 'type' | 'text'> = {}): TextRun {
  return { type: 'TextRun', text: text.replaceAll(/\{(?=\{)/g, '{ '), ...more };
}
