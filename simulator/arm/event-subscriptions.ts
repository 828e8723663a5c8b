import { failure, ok } from '../http/wire.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { subscriptionIn } from '../tenant/azure-id.ts';
import { isRow, textOf, type Row } from '../tenant/tenant.ts';
import { armErrors } from './arm-errors.ts';
import type { Operation } from './operation.ts';
import type { Target } from './target.ts';

const subscriptionsType = 'microsoft.eventgrid/eventsubscriptions';

/**
 * Event subscriptions of a subscription of Azure, to a webhook: PUT, GET and DELETE. Source:
 * https://learn.microsoft.com/rest/api/eventgrid/controlplane/event-subscriptions
 */
export function eventSubscriptionOperation(
  call: SignedCall,
  target: Target,
  { eventGrid }: Estate,
): Operation | undefined {
  const subscription = subscriptionIn(target.key);
  const isOne = target.type === subscriptionsType && target.kind === 'one';
  if (!isOne || subscription === undefined) return undefined;
  const { key, writtenScope: scope, writtenType } = target;
  const action = (verb: string) => `${writtenType}/${verb}`;
  const told = () => {
    const found = eventGrid.subscription(key);
    return found === undefined
      ? armErrors.resourceNotFound(writtenType, scope, undefined)
      : ok(found);
  };
  if (call.method === 'GET') return { action: action('read'), scope, answer: told };
  if (call.method === 'DELETE') {
    const answer = () => {
      eventGrid.unsubscribe(key);
      return { status: 200, body: '' };
    };
    return { action: action('delete'), scope, answer };
  }
  if (call.method !== 'PUT') return undefined;
  return {
    action: action('write'),
    scope,
    answer: () => {
      const properties = propertiesIn(call.body);
      const url = endpointIn(properties);
      if (url === undefined) {
        const why = 'The destination must be a WebHook with an endpointUrl.';
        return failure(400, 'InvalidRequest', why);
      }
      eventGrid.subscribe({ key, id: scope, subscription, url, properties });
      return { ...told(), status: 201 };
    },
  };
}

function propertiesIn(body: string): Row {
  try {
    const json: unknown = JSON.parse(body);
    return isRow(json) && isRow(json['properties']) ? json['properties'] : {};
  } catch {
    // Not JSON: nothing is said.
    return {};
  }
}

function endpointIn({ destination }: Row): string | undefined {
  if (!isRow(destination) || textOf(destination['endpointType']) !== 'WebHook') return undefined;
  const { properties } = destination;
  const url = isRow(properties) ? textOf(properties['endpointUrl']) : '';
  return URL.canParse(url) ? url : undefined;
}
