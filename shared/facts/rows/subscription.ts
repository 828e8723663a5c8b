import { z } from 'zod';
import { type ResourceId, resourceId } from '../../model/resource-id.ts';
import * as lenient from './lenient.ts';

/** `microsoft.resources/subscriptions`: the management groups above it, nearest first. */
export const subscriptionRow = lenient.members({
  properties: lenient.whole(
    lenient.members({
      managementGroupAncestorsChain: z
        .array(lenient.members({ name: lenient.requiredText }))
        // Every subscription has a root group above it: an empty chain is that of a reader who sees none.
        .min(1, 'is empty')
        .transform((chain) =>
          chain.map((group): ResourceId =>
            resourceId(`/providers/microsoft.management/managementgroups/${group.name}`),
          ),
        ),
    }),
  ),
});

/** What a subscription is called, whatever else its row says: many readers see no groups above it. */
export const subscriptionNameRow = lenient.members({ name: lenient.text });
