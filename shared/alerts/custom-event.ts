import type { AlertMessage } from '../model/alert.ts';

/** The name of the event; the queries in `infra/alerts/` ask for it. */
const alertEventName = 'PortcullisAlert';
/** The metric that is 1 with each alert that begins and 0 with each that ends. */
const alertMetricName = 'PortcullisAlertFiring';

/** An alert as the properties and measurements of a custom event of Application Insights. */
export function customEvent(message: AlertMessage) {
  const { id, sequence, change, at, severity, title, says, checkId, subject, since } = message;
  const { subjectName, firstSeen, reopened, cause, proof, fix, links } = message;
  const changed =
    cause === undefined
      ? {}
      : {
          changedBy: cause.actor ?? 'unknown',
          changedAt: cause.at,
          changedResource: cause.resourceId,
          changedByOperation: cause.operation,
        };
  const properties: Readonly<Record<string, string>> = {
    alertId: id,
    change,
    severity,
    checkId,
    subject,
    subjectName,
    expected: title,
    found: says,
    readAt: at,
    since,
    firstSeen,
    ...changed,
    proof: proof.join('\n'),
    fix: fix.says,
    ...(fix.command === undefined ? {} : { command: fix.command }),
    ...(links.portal === undefined ? {} : { portal: links.portal }),
  };
  return {
    name: alertEventName,
    properties,
    measurements: { sequence, reopened },
    /** Of the metric, with the dimensions that rules split by. */
    metric: {
      name: alertMetricName,
      value: change === 'resolved' ? 0 : 1,
      properties: { alertId: id, severity, checkId, subject },
    },
  };
}
