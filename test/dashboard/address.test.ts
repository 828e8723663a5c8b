import { describe, expect, it } from 'vitest';
import { addressOf } from '../../dashboard/api/address.ts';

describe('addresses of the API', () => {
  it('fills in segments, and joins lists by commas', () => {
    const parameters = {
      path: { key: 'a/b' },
      query: { search: 'x & y', posture: ['unknown', 'compliant'], limit: 250 },
    };
    expect(addressOf('/clusters/{key}', parameters)).toBe(
      '/dashboard/api/clusters/a%2Fb?search=x%20%26%20y&posture=unknown,compliant&limit=250',
    );
  });

  it('leaves out what is not asked for, so that one question has one address', () => {
    expect(addressOf('/clusters', { query: { search: undefined, posture: [] } })).toBe(
      '/dashboard/api/clusters',
    );
  });
});
