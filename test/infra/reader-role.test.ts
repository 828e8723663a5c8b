/** The role that the templates give the reader is enough. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { auditWith, subscriptions, truth } from '../adapters/azure/demo-tenant.ts';

const role: { readonly Actions: readonly string[] } = JSON.parse(
  readFileSync('infra/roles/reader.json', 'utf8'),
);

test('an audit with it has every verdict that is true', async () => {
  const grants = subscriptions.map((subscription) => {
    return { scope: `/subscriptions/${subscription}`, actions: role.Actions };
  });
  const { verdicts } = await auditWith({ reader: { grants } });
  const found = new Map([...verdicts.values()].map((each) => [key(each), each.kind]));
  const wrong = truth.filter((each) => found.get(key(each)) !== each.kind);
  expect(wrong).toEqual([]);
  expect(truth.length).toBeGreaterThan(100);
});

function key({ clusterId, checkId }: { clusterId: string; checkId: string }): string {
  return `${clusterId.toLowerCase()} ${checkId}`;
}
