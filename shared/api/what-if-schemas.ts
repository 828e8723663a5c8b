import { z } from 'zod';
import { reportParts } from '../reports/report.ts';
import { evidence } from './finding-schemas.ts';
import { called, count, key, resource, severity, verdictKind } from './parts.ts';

export const whatIfQuestion = z
  .object({
    networkSecurityGroup: z
      .string()
      .max(2083)
      .regex(
        /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.network\/networksecuritygroups\/[^/]+$/i,
        'must be the id of a network security group, beginning with /subscriptions/',
      )
      .describe('The id of the group.'),
    rule: z
      .record(z.string(), z.unknown())
      .describe(
        'A security rule as Azure Resource Manager writes it ({ "name", "properties" }), or the whole group with its properties.securityRules.',
      ),
  })
  .describe('A change of a network security group that somebody thinks of.');

const verdictChange = z.object({
  checkId: z.string(),
  title: z.string(),
  effect: z
    .enum(['breaks', 'mends', 'doubts', 'alters'])
    .describe('doubts: what was known no longer is.'),
  before: verdictKind.nullable(),
  after: verdictKind.nullable(),
  severity,
  isExempt: z.boolean(),
  summary: z.string().nullable().describe('What the verdict would say.'),
  evidence: z.array(evidence).describe('What would prove it, with packets as witnesses.'),
});

const packetChange = z.object({
  subnetId: resource,
  direction: z.enum(['inbound', 'outbound']),
  access: z.enum(['Allow', 'Deny']).describe('Newly allowed, or newly denied.'),
  isCertain: z.boolean(),
  lines: z.array(z.string()).describe('The packets, for people.'),
  isWhole: z.boolean().describe('Whether the lines are all of them.'),
  witness: called('Witness', reportParts.witness).nullable().describe('One of the packets.'),
});

export const changedCluster = called(
  'ChangedCluster',
  z
    .object({
      key,
      id: resource,
      name: z.string(),
      verdicts: z.array(verdictChange),
      packets: z.array(packetChange),
    })
    .describe('A cluster whose verdicts or packets would change.'),
);

export const whatIfAnswer = called(
  'WhatIf',
  z.object({
    dependents: count.describe('Clusters that depend on the group.'),
    examined: count.describe('Of those, how many were read just now and judged.'),
    isTold: z.boolean().describe('Whether all that the change may do is known.'),
    remark: z.string().nullable().describe('Why not, where it is not.'),
    clusters: z.array(changedCluster).describe('Those whose verdicts or packets would change.'),
  }),
);
