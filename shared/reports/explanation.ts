import { z } from 'zod';
import type { Frozen } from '../settings/frozen.ts';
import { reportParts } from './report.ts';

const { cluster, evidence, id, missing, verdict, witness } = reportParts;

/** A value that was read, or what kept us from reading it. */
function fact<T extends z.ZodType>(value: T) {
  return z.union([
    z.object({ known: z.literal(true), value }),
    z.object({ known: z.literal(false), missing: z.array(missing) }),
  ]);
}

/** A list that was read to its end, or what was found of it. */
function list<T extends z.ZodType>(item: T) {
  return z.union([
    z.object({ known: z.literal(true), value: z.array(item) }),
    z.object({
      known: z.literal(false),
      found: z.array(item),
      missing: z.array(missing),
    }),
  ]);
}

const group = z.object({ id: id, rules: z.int().describe('How many, Azure’s own included.') });

const subnet = z.object({
  id: id,
  usedBy: z.array(z.enum(['nodes', 'pods', 'apiServer'])),
  managedByAks: z.boolean(),
  prefixes: fact(z.array(z.string())),
  virtualNetwork: fact(
    z.object({
      id: id,
      addressPrefixes: z.array(z.string()),
      peerings: z.array(z.object({ name: z.string(), state: z.string(), remote: id })),
      hasGateway: z.boolean(),
    }),
  ),
  securityGroup: fact(group.nullable()).describe('Null: there is none, which lets all pass.'),
  nodeSecurityGroups: list(group.nullable()),
  routeTable: fact(z.object({ id: id, routes: z.int() }).nullable()),
  adminRules: fact(z.int()).describe('How many security admin rules apply.'),
});

const endpoint = z.object({
  address: z.string(),
  visibility: z.enum(['public', 'private']),
  at: id,
  source: z.string(),
  frontend: fact(
    z.object({
      loadBalancerId: id,
      sku: z.string().nullable(),
      rules: z.array(
        z.object({
          name: z.string(),
          protocol: z.string(),
          frontendPort: z.int(),
          backendPort: z.int(),
          floatingIp: z.boolean(),
        }),
      ),
      backendSubnetIds: list(id),
    }),
  ),
});

const facts = z.object({
  nodeResourceGroup: z.string().nullable(),
  provisioningState: z.string().nullable(),
  powerState: z.string().nullable(),
  publicFqdn: fact(z.string().nullable()).describe('Of the API server; null: it has none.'),
  authorizedRanges: z.array(z.string()),
  outboundType: z.string().nullable(),
  identity: fact(
    z.object({
      kind: z.enum(['servicePrincipal', 'systemAssigned', 'userAssigned']),
      principalId: z.string(),
    }),
  ),
  subnets: list(subnet),
  scoringEndpoints: list(endpoint),
  computes: list(z.object({ id: id, workspaceId: id, type: z.string() })),
  workspaces: list(
    z.object({
      id: id,
      location: z.string(),
      hubId: id.nullable(),
      storage: fact(id),
      vault: fact(id),
      registry: fact(id.nullable()),
    }),
  ),
  settings: z.object({
    callers: z.union([
      z.object({ kind: z.enum(['notConfigured', 'none']) }),
      z.object({ kind: z.literal('listed'), sources: z.array(z.string()) }),
    ]),
    outbound: z.enum(['keepDefaults', 'restricted']),
  }),
});

const nearMiss = z.object({
  rule: z.string(),
  priority: z.int(),
  allows: z.array(z.string()).describe('The destinations it allows.'),
  wanted: z.string().describe('The destination it would have to allow.'),
});

const hop = z.object({
  place: z.enum(['loadBalancer', 'admin', 'subnet', 'node', 'route']),
  at: id.nullable(),
  name: z.string(),
  state: z
    .enum(['allowed', 'denied', 'partial', 'unknown', 'notReached', 'absent'])
    .describe(
      'What it does with the packets that come to it; notReached: an earlier hop stops all of them; absent: there is none here, so all pass.',
    ),
  says: z.string().nullable(),
  rules: z
    .array(z.object({ name: z.string(), access: z.string(), priority: z.int() }))
    .describe('The rules that decide some of the packets, in the order packets meet them.'),
  witness: witness.nullable().describe('A packet that it stops.'),
  nearMisses: z.array(nearMiss),
  missing: z.array(missing),
});

const path = z.object({
  from: z.string(),
  to: z.string(),
  asks: z.enum(['all', 'some']).describe('Whether every packet must pass, or any.'),
  verdict: z.enum(['allowed', 'denied', 'partial', 'unknown']),
  hops: z.array(hop).describe('In the order in which packets pass them.'),
  witness: z.object({ allowed: witness.nullable(), denied: witness.nullable() }),
  missing: z.array(missing),
});

const need = z.object({
  what: z.string(),
  isOptional: z.boolean().describe('Needed by some features only.'),
  kind: z.enum(['pass', 'fail', 'unknown', 'notApplicable']),
  summary: z.string(),
  evidence: z.array(evidence),
  missing: z.array(missing),
});

const grant = z.object({
  assignmentId: id,
  role: z.string(),
  scope: id,
  inheritedFrom: z.string().describe('here, or the kind of scope above that it is inherited from.'),
  groups: z.array(z.string()).describe('Object ids, from the one that holds the identity itself.'),
  gives: z.array(z.string()).describe('The patterns of the role that give some of what is asked.'),
});

const access = z.object({
  asks: z.array(z.string()).describe('Actions, patterns allowed.'),
  why: z.enum(['guidance', 'minimum']),
  scope: id,
  verdict: z.enum(['granted', 'notGranted', 'unknown']),
  grants: z.array(grant),
  lacking: z.string().nullable().describe('One action that is missing.'),
  cutBy: z.object({ name: z.string(), scope: id, pattern: z.string() }).nullable(),
  missing: z.array(missing),
});

const fix = z.object({
  says: z.string(),
  commands: z.array(z.string()).describe('For a POSIX shell; proven to make the path pass.'),
});

export const explanationSchema = z
  .object({
    schemaVersion: z.literal(1),
    explainedAt: z.iso.datetime(),
    source: z.enum(['live', 'estate', 'demo']),
    cluster,
    facts,
    inbound: z.array(path).describe('Callers to each scoring endpoint.'),
    outbound: z.array(path).describe('Each subnet to what the default rules allow.'),
    restriction: z
      .enum(['none', 'certain', 'perhaps'])
      .describe('Whether rules, routes or settings take some of the Internet away.'),
    needs: z.array(need).describe('What must be reached where outbound is restricted.'),
    access: z.array(access),
    verdicts: z.array(
      verdict.extend({ title: z.string(), advice: z.string(), fix: fix.nullable() }),
    ),
    assumptions: z.array(z.string()),
  })
  .meta({ title: 'Portcullis explanation of one cluster' });

/** One cluster: what is known and how, the ways of its packets and permissions, and every verdict. */
export type Explanation = Frozen<z.output<typeof explanationSchema>>;
export type ExplainedFacts = Explanation['facts'];
export type ExplainedPath = Explanation['inbound'][number];
export type ExplainedHop = ExplainedPath['hops'][number];
export type ExplainedNeed = Explanation['needs'][number];
export type ExplainedAccess = Explanation['access'][number];
export type ExplainedVerdict = Explanation['verdicts'][number];
export type Fix = NonNullable<ExplainedVerdict['fix']>;

/** An explanation that was written earlier, checked; throws a `ZodError` that names the field. */
export function parseExplanation(json: unknown): Explanation {
  return explanationSchema.parse(json);
}

/** The JSON Schema (draft 2020-12) of the explanation. */
export function explanationJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(explanationSchema, { io: 'input', target: 'draft-2020-12' });
}
