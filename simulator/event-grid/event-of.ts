import { randomUUID } from 'node:crypto';
import { keyOf, subscriptionIn } from '../tenant/azure-id.ts';
import type { Row } from '../tenant/tenant.ts';
import type { ToldChange } from './event-grid.ts';

/** https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions */
export function eventGridEvent(change: ToldChange, id: string, at: Date): Row {
  return {
    subject: subjectOf(change),
    eventType: typeOf(change),
    eventTime: at.toISOString(),
    id,
    data: dataOf(change),
    dataVersion: '2',
    metadataVersion: '1',
    topic: topicOf(change),
  };
}

/** The same as a CloudEvent 1.0. */
export function cloudEvent(change: ToldChange, id: string, at: Date): Row {
  return {
    specversion: '1.0',
    id,
    source: topicOf(change),
    type: typeOf(change),
    subject: subjectOf(change),
    time: at.toISOString(),
    data: dataOf(change),
  };
}

function topicOf({ id }: ToldChange): string {
  return `/subscriptions/${subscriptionIn(keyOf(id)) ?? ''}`;
}

function typeOf({ verb }: ToldChange): string {
  return `Microsoft.Resources.Resource${verb}Success`;
}

/** Recorded events write it in small letters. */
function subjectOf({ id }: ToldChange): string {
  return id.replace('/resourceGroups/', '/resourcegroups/');
}

function dataOf({ call, id, action }: ToldChange): Row {
  const { caller, method, headers } = call;
  return {
    authorization: {
      scope: id,
      action,
      evidence: { principalId: caller.objectId, principalType: 'ServicePrincipal' },
    },
    claims: {
      'http://schemas.microsoft.com/identity/claims/objectidentifier': caller.objectId,
      ...(caller.appId === undefined ? {} : { appid: caller.appId }),
    },
    correlationId: headers['x-ms-correlation-request-id'] ?? randomUUID(),
    httpRequest: { clientRequestId: '', clientIpAddress: '127.0.0.1', method, url: id },
    resourceProvider: action.split('/')[0] ?? '',
    resourceUri: id,
    operationName: action,
    status: 'Succeeded',
    subscriptionId: subscriptionIn(keyOf(id)) ?? '',
  };
}
