import { expect, test } from 'vitest';
import { portcullis } from './made-up-world.ts';

test('the catalogue as JSON has exactly the members of the contract', async () => {
  const { code, out } = await portcullis(['checks', '--format', 'json']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(
    ['network-contributor-granted', 'scoring-inbound-allowed'].map((id) => ({
      id,
      title: `The ${id} is as it should be`,
      severity: 'high',
      appliesTo: ['AKS', 'Kubernetes'],
      remediation: 'none',
      source: 'https://learn.microsoft.com/x',
    })),
  );
});

test('the catalogue for people names every check with its title, within 80 columns', async () => {
  const { code, out } = await portcullis(['checks']);
  expect(code).toBe(0);
  expect(out).toMatch(/high +scoring-inbound-allowed +none/);
  expect(out).toContain('The scoring-inbound-allowed is as it should be');
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});
