import { setTimeout as sleep } from 'node:timers/promises';
import { watchedEvents } from '../shared/pipeline/watched-operations.ts';

/** What a caller of the simulator needs: it answers plain HTTP too, which needs no certificate. */
export interface TenantDoor {
  /** `http://localhost:12345` */
  readonly http: string;
  /** A token of somebody who may change anything, made anew for each call: they end after an hour. */
  readonly token: () => string;
}

/** A request to Resource Manager. @throws Error where it is not answered with a success. */
export async function callTenant(
  { http, token }: TenantDoor,
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  properties?: object,
): Promise<{ readonly properties?: Readonly<Record<string, unknown>> }> {
  const response = await fetch(`${http}${path}`, {
    method,
    headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json' },
    ...(properties === undefined ? {} : { body: JSON.stringify({ properties }) }),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

/** Has the changes in these subscriptions told to a webhook. @throws Error where it does not agree. */
export async function subscribeToChanges(
  door: TenantDoor,
  subscriptions: readonly string[],
  endpointUrl: string,
): Promise<void> {
  await Promise.all(
    subscriptions.map(async (subscription) => {
      const path = `/subscriptions/${subscription}/providers/Microsoft.EventGrid/eventSubscriptions/portcullis?api-version=2022-06-15`;
      const destination = { endpointType: 'WebHook', properties: { endpointUrl } };
      await callTenant(door, 'PUT', path, { destination, filter: watchedEvents });
      for (;;) {
        const { properties } = await callTenant(door, 'GET', path);
        if (properties?.['provisioningState'] === 'Succeeded') return;
        if (properties?.['provisioningState'] === 'Failed') {
          throw new Error('the functions did not agree to hear of changes');
        }
        await sleep(20);
      }
    }),
  );
}
