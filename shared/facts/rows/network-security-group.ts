import { z } from 'zod';
import type { NetworkSecurityGroup } from '../../network/security-rule.ts';
import { parseNetworkSecurityGroup } from '../../network/parse-security-rule.ts';

/** `microsoft.network/networksecuritygroups`. */
export const networkSecurityGroupRow = z
  .unknown()
  .transform((body, context): NetworkSecurityGroup => {
    try {
      return parseNetworkSecurityGroup(body, 'kept');
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue(`is not understood: ${error.message}`);
      return z.NEVER;
    }
  });
