import type { AlertChange, AlertMessage } from '../model/alert.ts';

const types: Readonly<Record<AlertChange, string>> = {
  opened: 'Portcullis.Alert.Opened',
  reopened: 'Portcullis.Alert.Reopened',
  severityChanged: 'Portcullis.Alert.SeverityChanged',
  resolved: 'Portcullis.Alert.Resolved',
};

/**
 * An alert as a CloudEvent 1.0; its id tells an event that comes twice. Source:
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export function cloudEvent(message: AlertMessage) {
  const { id, sequence, change, at, subject } = message;
  return {
    specversion: '1.0',
    id: `${id}/${sequence}`,
    source: '/portcullis/alerts',
    type: types[change],
    subject,
    time: at,
    datacontenttype: 'application/json',
    data: message,
  };
}
