import { expect, test } from 'vitest';
import { readActions } from '../../shared/inventory/read-actions.ts';
import { type ResourceType, resourceTypes } from '../../shared/inventory/resource-types.ts';

/** Types that are read from elsewhere than where their name says, or whose operation is named otherwise. */
const exceptions: Readonly<Partial<Record<ResourceType, string | undefined>>> = {
  'microsoft.graph/groups': undefined,
  'microsoft.graph/serviceprincipals': undefined,
  'portcullis/assignedto': undefined,
  'microsoft.network/servicetags': 'microsoft.network/locations/servicetags/read',
};

test.each(resourceTypes)('%s is read with its own read operation', (type) => {
  const expected = type in exceptions ? exceptions[type] : `${type}/read`;
  expect(readActions[type]?.toLowerCase()).toBe(expected);
});
