import { teamsMessage } from '../shared/alerts/adaptive-card.ts';
import { azureMonitorAlert } from '../shared/alerts/azure-monitor-alert.ts';
import { cloudEvent } from '../shared/alerts/cloud-event.ts';
import { conditionTexts } from '../shared/alerts/conditions.ts';
import { customEvent } from '../shared/alerts/custom-event.ts';
import type { AlertMessage } from '../shared/model/alert.ts';
import { table } from './check-pages.ts';

const settings = {
  alerts: {
    minimumSeverity: 'medium',
    sinks: [
      { kind: 'applicationInsights' },
      {
        kind: 'webhook',
        name: 'pager',
        url: 'https://events.pager.example/azure',
        header: { name: 'Authorization', valueFrom: 'PORTCULLIS_ALERT_PAGER_TOKEN' },
        minimumSeverity: 'high',
      },
      {
        kind: 'eventGrid',
        endpoint: 'https://portcullis.westeurope-1.eventgrid.azure.net/api/events',
      },
      {
        kind: 'teams',
        urlFrom: 'PORTCULLIS_ALERT_TEAMS_URL',
        scopes: ['/subscriptions/c414197b-c850-499c-abac-84a882a78f7e'],
      },
    ],
  },
};

/** The page of alerts: how they live, and each payload, as it is sent of these two alerts. */
export function alertsPage(begun: AlertMessage, ended: AlertMessage): string {
  const { metric, ...event } = customEvent(begun);
  return `${[
    '# Alerts',
    'One alert for each finding, told once for each transition, never lost. Findings are told of in [events.md](events.md); what to do when something goes wrong, in the [runbook](runbook.md).',
    '## Whom to tell',
    json(settings),
    '`minimumSeverity` is the mildest severity that alerts; a sink may ask for another, and only for `scopes`: clusters, resource groups or subscriptions, matched by whole parts of their ids. `name` tells two sinks of one kind apart and names their deliveries; without it, it is the kind. Addresses have `https://`, except on this machine. Where the mode is `audit`, by the settings, `PORTCULLIS_MAX_MODE` or the tag `portcullis:mode`, nobody is told.',
    '**Secrets** never stand in the file. `keyFrom`, `valueFrom` and `urlFrom` name app settings, which in Azure may refer to a Key Vault. Their names begin with `PORTCULLIS_ALERT_`: whoever may write the settings cannot have another secret of the app sent anywhere. A topic of Event Grid without `keyFrom` is told by the identity of the app, which needs the role _EventGrid Data Sender_ there.',
    '## The life of an alert',
    '```mermaid\nstateDiagram-v2\n  [*] --> open: the finding opens (opened)\n  open --> open: severityChanged\n  open --> acknowledged: somebody has seen it; no sink is told\n  open --> resolved: it passes, is exempt, milder, switched off or gone (resolved)\n  acknowledged --> resolved: resolved\n  resolved --> open: it fails again, or its exemption ends (reopened)\n```',
    "Its id is the finding's fingerprint, its sequence the number of the finding's transition. **Receivers tell what comes twice by id and sequence**; numbers may be left out, because a receiver hears only of what changes for it. A sink that is new hears of what happens from then on.",
    '`GET /api/alerts?state=open` lists them with how each delivery stands; `POST /api/alerts/<id>/acknowledge` with `{ "by": "…" }` notes who has seen one. Both need a function key; in the dashboard, whoever is signed in as Operator is named by that. [The API](api.md).',
    '## How it arrives',
    '- A transition is written to the outbox in the same transaction as its finding, then a message goes to the queue `alerts`, and `deliver-alert` tells every sink. Where a message is lost, `housekeeping` sends it again.\n- **Each sink by itself.** It has its own place in the sequence. One that fails is tried again after 10 seconds, twice as long each time, an hour at most, or as long as its `Retry-After` asks for; the others hear on. After ten failures in a row, about an hour and a half, the message is a dead letter, the health says `attention`, the other sinks are told, and `housekeeping` goes on trying every hour.\n- **In order.** Whoever delivers an alert holds a lease of a minute on it. A process that dies in the middle leaves the lease to run out; what it had sent and not noted is sent again, with the same id and sequence.\n- A receiver has 10 seconds to answer. Redirects are not followed.',
    '## What it says',
    'What is wrong, since when, who changed it (where Azure told), the proof, what to do with the command, and links; the one to the report asks for a function key. Texts are at most 400 characters on one line, without control characters; names that others gave show as they are in each format.',
    "### Webhook: Azure Monitor's common alert schema",
    'As action groups send it ([Microsoft](https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema)); `Sev0` is critical, `Sev4` info.',
    json(azureMonitorAlert(begun)),
    'Its end:',
    json(azureMonitorAlert(ended).data.essentials),
    '### Teams: an Adaptive Card',
    'To a workflow made from the template _Send webhook alerts to a channel_; its address is the secret. Ids are shortened; the webhook has them whole.',
    json(teamsMessage(begun)),
    '### Event Grid: a CloudEvent 1.0',
    'The topic must take the schema CloudEvents 1.0. The types are `Portcullis.Alert.Opened`, `Reopened`, `SeverityChanged` and `Resolved`.',
    json(cloudEvent(begun)),
    '### Application Insights: a custom event and a metric',
    json({ event, metric }),
    'In [infra/alerts](../infra/alerts): the queries for a workbook (`workbook.json`), and a rule of Azure Monitor (`alert-rule.bicep`) that fires for each alert and resolves with it. Such rules look back two days at most, and by then resolve of themselves what still fires: whoever must know is better told by the webhook.',
    '## Alerts of the service itself',
    table(
      ['`checkId`', 'Severity', 'All is well where', 'What to do'],
      Object.entries(conditionTexts).map(([id, { severity, title, advice }]) => [
        `\`${id}\``,
        severity,
        title,
        advice,
      ]),
    ),
    'They are told as all others. Those of the service as a whole are about `/`, and go to sinks without `scopes`; those of a subscription or an exemption go by its scope.',
    '## Traces',
    'Where `APPLICATIONINSIGHTS_CONNECTION_STRING` is set, each invocation is a request in Application Insights, and messages carry a `traceparent`, so that one operation id joins timer, shards, clusters and alerts, or event, check and alert. `infra/alerts/trace.kql` shows the trace of an alert. What speaks to Application Insights is loaded after the first invocation.',
  ].join('\n\n')}\n`;
}

/** As the formatter leaves it: lists of one short text stand on one line. */
function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  const short = text.replaceAll(
    /^(.*)\[\n\s+("[^\n]*")\n\s+\]/gm,
    (whole, before: string, one: string) =>
      before.length + one.length + 2 > 99 ? whole : `${before}[${one}]`,
  );
  return `\`\`\`json\n${short}\n\`\`\``;
}
