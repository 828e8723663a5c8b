import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../../settings/usage-error.ts';

/** Where an Azure cloud answers. */
export interface Cloud {
  /** `public`, `usgov`, `china`, or the file that describes another one. */
  readonly name: string;
  /** Azure Resource Manager, without a trailing slash. */
  readonly arm: string;
  /** Microsoft Graph, without a trailing slash. */
  readonly graph: string;
  /** Where tokens are issued, without a trailing slash. */
  readonly authority: string;
  /** The certificate authority that signs for these hosts, PEM; the machine's own where absent. */
  readonly ca?: string;
}

/** Sources: learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure, learn.microsoft.com/azure/china/resources-developer-guide. */
const known: Readonly<Record<string, Cloud>> = {
  public: {
    name: 'public',
    arm: 'https://management.azure.com',
    graph: 'https://graph.microsoft.com',
    authority: 'https://login.microsoftonline.com',
  },
  usgov: {
    name: 'usgov',
    arm: 'https://management.usgovcloudapi.net',
    graph: 'https://graph.microsoft.us',
    authority: 'https://login.microsoftonline.us',
  },
  china: {
    name: 'china',
    arm: 'https://management.chinacloudapi.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
  },
};

const host = z
  .url({ protocol: /^https$/, error: 'must be an https address' })
  .refine((text) => /^https:\/\/[^/?#@]+\/*$/.test(text), 'must be a host and nothing more')
  .transform((text) => text.replace(/\/+$/, ''));
const cloudFile = z.strictObject({
  arm: host,
  graph: host,
  authority: host,
  ca: z.string().startsWith('-----BEGIN', 'must be a certificate in PEM').optional(),
});

/**
 * The cloud of this name, or the one that a JSON file `{ arm, graph, authority, ca }` describes.
 * @throws UsageError where there is no such cloud or the file does not describe one.
 */
export function cloudNamed(name: string): Cloud {
  const cloud = Object.hasOwn(known, name.toLowerCase()) ? known[name.toLowerCase()] : undefined;
  return cloud ?? cloudIn(name);
}

/** What a report calls the cloud: its name, or the host of Resource Manager where a file describes it. */
export function cloudLabel({ name, arm }: Cloud): string {
  return Object.hasOwn(known, name) ? name : new URL(arm).host;
}

function cloudIn(path: string): Cloud {
  const parsed = cloudFile.safeParse(jsonIn(path));
  if (parsed.success) {
    const { ca, ...hosts } = parsed.data;
    return { name: path, ...hosts, ...(ca === undefined ? {} : { ca }) };
  }
  throw new UsageError(
    parsed.error.issues.map(
      (issue) => `cloud ${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}`,
    ),
  );
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError([
      `cloud "${path}" is none of ${Object.keys(known).join(', ')}, and as a JSON file { arm, graph, authority, ca } it cannot be read: ${why}`,
    ]);
  }
}
