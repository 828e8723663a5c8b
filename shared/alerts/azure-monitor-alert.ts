import type { AlertMessage } from '../model/alert.ts';
import type { Severity } from '../model/verdict.ts';

const severityNames: Readonly<Record<Severity, string>> = {
  critical: 'Sev0',
  high: 'Sev1',
  medium: 'Sev2',
  low: 'Sev3',
  info: 'Sev4',
};

/**
 * An alert in Azure Monitor's common schema, which on-call tools read already. Source:
 * https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema
 */
export function azureMonitorAlert(message: AlertMessage) {
  const { id, sequence, change, at, severity, title, says, checkId, subject, since } = message;
  const { subjectName, firstSeen, reopened, cause, proof, fix, links } = message;
  const isOver = change === 'resolved';
  return {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        alertId: `/providers/Portcullis/alerts/${id}`,
        alertRule: checkId,
        severity: severityNames[severity],
        signalType: 'Log',
        monitorCondition: isOver ? 'Resolved' : 'Fired',
        monitoringService: 'Portcullis',
        alertTargetIDs: [subject],
        configurationItems: [subjectName],
        originAlertId: id,
        firedDateTime: since,
        ...(isOver ? { resolvedDateTime: at } : {}),
        description: `${says} Expected: ${title}.`,
        ...(links.portal === undefined ? {} : { investigationLink: links.portal }),
        essentialsVersion: '1.0',
        alertContextVersion: '1.0',
      },
      alertContext: {
        id,
        sequence,
        change,
        readAt: at,
        severity,
        expected: title,
        found: says,
        firstSeen,
        reopened,
        changedBy: cause ?? null,
        proof,
        fix,
        links,
      },
      customProperties: null,
    },
  };
}
