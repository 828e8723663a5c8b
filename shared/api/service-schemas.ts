import { z } from 'zod';
import { roles } from '../model/caller.ts';
import { mode } from './cluster-schemas.ts';
import { called, severity } from './parts.ts';

export const me = called(
  'Me',
  z.object({
    name: z.string(),
    roles: z.array(z.enum(roles)).describe('With those that a greater one includes.'),
    provider: z
      .string()
      .describe('Who says so: aad, local (a demo on this machine), or key (a function key).'),
  }),
);

export const settings = called(
  'EffectiveSettings',
  z.object({
    source: z.string().describe('Where the settings were read.'),
    settings: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe(
        'As docs/settings.schema.json has them, defaults filled in, without queries of addresses, which may hold keys; null where they cannot be used.',
      ),
    problems: z.array(z.string()).describe('Why they cannot be used.'),
    maxMode: mode.describe('PORTCULLIS_MAX_MODE, or less where nobody is named who may write.'),
    cloud: z.string(),
    scanSchedule: z.string(),
  }),
);

const check = z.object({
  id: z.string(),
  title: z.string().describe('True when the check passes.'),
  severity,
  appliesTo: z.array(z.enum(['AKS', 'Kubernetes'])),
  remediation: z.enum(['automatic', 'approval', 'snippet', 'none']),
  source: z.string().describe('The page that it implements.'),
});
const checkItem = called('Check', check);
export const checkList = called('CheckList', z.array(checkItem));
export const checkDetail = called(
  'CheckDetail',
  check.extend({
    description: z.string(),
    advice: z.string(),
    enabled: z.boolean().describe('By the settings.'),
    effectiveSeverity: severity.describe('By the settings.'),
    mode,
  }),
);

export const health = called(
  'Health',
  z
    .looseObject({ status: z.enum(['ok', 'attention', 'degraded']), version: z.string() })
    .describe('How the parts of the service are.'),
);
