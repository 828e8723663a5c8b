import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../estate/random.ts';
import type { SignedCall } from '../surface.ts';
import { subscriptionIn, keyOf } from '../tenant/azure-id.ts';
import { type Row, isRow, textOf } from '../tenant/tenant.ts';
import { cloudEvent, eventGridEvent } from './event-of.ts';

/** How events travel: as in Azure they may come late, twice and in another order. */
export interface DeliveryOptions {
  /** No event comes later than this, in milliseconds; each takes its own time, so they overtake each other. */
  readonly delayMs?: number;
  /** How likely an event comes again. */
  readonly duplicates?: number;
  readonly seed?: number;
  /** Between attempts to deliver, in milliseconds; Azure begins with 10,000. */
  readonly retryMs?: number;
}

/** A change that somebody made. */
export interface ToldChange {
  readonly call: SignedCall;
  /** The id of what was changed, as it was written. */
  readonly id: string;
  readonly action: string;
  readonly verb: 'Write' | 'Delete';
}

/** Somebody who wants to hear of changes in a subscription of Azure. */
interface EventSubscription {
  readonly key: string;
  readonly id: string;
  /** Of Azure, lower-cased. */
  readonly subscription: string;
  readonly url: string;
  readonly properties: Row;
}

/** What tells subscribers of changes. */
export interface EventGrid {
  subscribe(subscription: EventSubscription): void;
  unsubscribe(key: string): void;
  /** The event subscription as Resource Manager shows it. */
  subscription(key: string): Row | undefined;
  tell(change: ToldChange): void;
  /** Resolves when nothing is on its way. */
  delivered(): Promise<void>;
  stop(): Promise<void>;
}

type State = 'Creating' | 'Succeeded' | 'Failed';

/** Delivers changes to webhooks, after a handshake, until they are taken. */
export function createEventGrid(options: DeliveryOptions, now: () => Date): EventGrid {
  const { delayMs = 0, duplicates = 0, seed = 1, retryMs = 10_000 } = options;
  const random = createRandom(0xe7e27, seed);
  const subscriptions = new Map<string, EventSubscription & { state: State }>();
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  }

  async function deliver(key: string, event: Row, afterMs: number): Promise<void> {
    await pause(afterMs);
    while (!stopping.signal.aborted) {
      // Looked up anew: it may have been given another address meanwhile, or taken away.
      const to = subscriptions.get(key);
      if (to === undefined) return;
      const status = await post(to, event);
      // What Azure does not deliver again.
      if (status < 300 || status === 400 || status === 413) return;
      await pause(retryMs);
    }
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});
  }

  async function post(to: EventSubscription, event: Row): Promise<number> {
    const isCloudEvent = isCloud(to);
    const type = isCloudEvent ? 'application/cloudevents+json' : 'application/json';
    return fetch(to.url, {
      method: 'POST',
      headers: {
        'content-type': `${type}; charset=utf-8`,
        'aeg-event-type': 'Notification',
        'aeg-subscription-name': to.id.slice(to.id.lastIndexOf('/') + 1).toUpperCase(),
      },
      body: JSON.stringify(isCloudEvent ? event : [event]),
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(30_000)]),
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      // Nobody is there, or the simulator stops.
      () => 503,
    );
  }

  return {
    subscribe(given) {
      const entry = { ...given, state: 'Creating' as State };
      subscriptions.set(given.key, entry);
      track(
        shakeHands(given, now, stopping.signal).then((agreed) => {
          entry.state = agreed ? 'Succeeded' : 'Failed';
        }),
      );
    },
    unsubscribe: (key) => {
      subscriptions.delete(key);
    },
    subscription(key) {
      const found = subscriptions.get(key);
      if (found === undefined) return undefined;
      const { id, properties, subscription, state: provisioningState } = found;
      const topic = `/subscriptions/${subscription}`;
      const name = id.slice(id.lastIndexOf('/') + 1);
      const type = 'Microsoft.EventGrid/eventSubscriptions';
      return { id, name, type, properties: { topic, ...properties, provisioningState } };
    },
    tell(change) {
      const subscription = subscriptionIn(keyOf(change.id));
      for (const to of subscriptions.values()) {
        if (to.subscription !== subscription || to.state === 'Failed') continue;
        if (!isWanted(to.properties, change)) continue;
        const id = randomUUID();
        const event = (isCloud(to) ? cloudEvent : eventGridEvent)(change, id, now());
        track(deliver(to.key, event, random.next() * delayMs));
        if (random.chance(duplicates)) track(deliver(to.key, event, random.next() * delayMs));
      }
    },
    async delivered() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async stop() {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
}

function isCloud({ properties }: EventSubscription): boolean {
  return textOf(properties['eventDeliverySchema']) === 'CloudEventSchemaV1_0';
}

/** https://learn.microsoft.com/azure/event-grid/event-filtering */
function isWanted({ filter }: Row, { action, verb }: ToldChange): boolean {
  if (!isRow(filter)) return true;
  const types = filter['includedEventTypes'];
  const type = `Microsoft.Resources.Resource${verb}Success`;
  if (Array.isArray(types) && !types.includes(type)) return false;
  const advanced = Array.isArray(filter['advancedFilters']) ? filter['advancedFilters'] : [];
  return advanced.filter(isRow).every(({ operatorType, key, values }) => {
    if (operatorType !== 'StringBeginsWith' || key !== 'data.operationName') {
      throw new RangeError(`the simulator has no filter ${textOf(operatorType)} on ${textOf(key)}`);
    }
    const begins = (value: unknown) => action.toLowerCase().startsWith(textOf(value).toLowerCase());
    return Array.isArray(values) && values.some(begins);
  });
}

/** Whether the webhook agrees: https://learn.microsoft.com/azure/event-grid/webhook-event-delivery */
async function shakeHands(
  to: EventSubscription,
  now: () => Date,
  signal: AbortSignal,
): Promise<boolean> {
  const origin = 'eventgrid.azure.net';
  const validationCode = randomUUID();
  const request = isCloud(to)
    ? { method: 'OPTIONS', headers: { 'WebHook-Request-Origin': origin } }
    : {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'aeg-event-type': 'SubscriptionValidation',
        },
        body: JSON.stringify([
          {
            id: randomUUID(),
            topic: `/subscriptions/${to.subscription}`,
            subject: '',
            data: { validationCode },
            eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
            eventTime: now().toISOString(),
            metadataVersion: '1',
            dataVersion: '1',
          },
        ]),
      };
  try {
    const response = await fetch(to.url, { ...request, signal });
    const body = await response.text();
    if (!response.ok) return false;
    if (isCloud(to))
      return ['*', origin].includes(response.headers.get('webhook-allowed-origin') ?? '');
    const json: unknown = JSON.parse(body);
    return isRow(json) && json['validationResponse'] === validationCode;
  } catch {
    // Nobody is there, or what answers is no webhook of Event Grid.
    return false;
  }
}
