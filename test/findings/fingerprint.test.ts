import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint } from '../../shared/findings/fingerprint.ts';
import { sha256 } from '../../shared/model/sha256.ts';

const runs = import.meta.env.MODE === 'deep' ? 5_000 : 500;

test('sha256 agrees with the platform for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }),
    { numRuns: runs },
  );
});

test('sha256 agrees at every length around a block', () => {
  for (let length = 0; length <= 130; length += 1) {
    const text = 'é'.repeat(length >> 1) + 'x'.repeat(length & 1);
    expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
  }
});

test('a fingerprint is 32 hexadecimal digits and does not depend on the spelling of the id', () => {
  const id = '/subscriptions/S/resourceGroups/G/providers/P/managedClusters/C';
  const print = fingerprint('private-cluster', id);
  const wanted = createHash('sha256')
    .update(`private-cluster\n${id.toLowerCase()}`)
    .digest('hex')
    .slice(0, 32);
  expect(print).toBe(wanted);
  expect(fingerprint('private-cluster', id.toUpperCase())).toBe(print);
  expect(fingerprint('internal-load-balancer', id)).not.toBe(print);
});
