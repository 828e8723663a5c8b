import { z } from 'zod';
import { severities } from '../model/verdict.ts';
import { alertSettings } from './alert-settings.ts';
import { armScope } from './arm-scope.ts';
import { isPrefix, whyNoSource } from './caller-source.ts';
import type { Frozen } from './frozen.ts';
import { modes } from './mode.ts';
import { nearest } from './nearest.ts';
import { type SettingsProblem, problemsOf } from './settings-problems.ts';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const v4 = z.ipv4();
const v6 = z.ipv6();

function isRealTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const callerSource = z.string().superRefine((text, context) => {
  const says = whyNoSource(text);
  if (says !== undefined) context.addIssue({ code: 'custom', message: says });
});

const clusterKey = z.string().superRefine((text, context) => {
  if (text.trim() === '') {
    context.addIssue({ code: 'custom', message: 'is empty; name a cluster, its id or a scope' });
  } else if (text.includes('/') && text !== '/' && !/^\/subscriptions\/[^/]/i.test(text)) {
    context.addIssue({
      code: 'custom',
      message:
        'must be the name of a cluster, or an id beginning with "/subscriptions/" (a cluster, resource group or subscription)',
    });
  }
});

const callersValue = z.union([z.literal('none'), z.array(callerSource)], {
  error: 'must be a list of addresses, prefixes and service tags, or "none"',
});
const outboundValue = z.enum(['keepDefaults', 'restricted']);

/** A value for all clusters, or a default with exceptions. */
function perCluster<T extends z.ZodType, D extends z.input<T>>(
  value: T,
  fallback: D,
  says: string,
) {
  const clusters = z
    .record(clusterKey, value)
    .default({})
    .describe('By cluster id, name or scope prefix; the longest match wins.');
  const split = z.strictObject({
    default: value.default(fallback as never).describe('For clusters that are not named.'),
    clusters,
  });
  return z.union([value, split], { error: says });
}

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as "01:00"');

const checkSettings = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the check runs.'),
  severity: z.enum(severities).optional().describe("Instead of the check's own severity."),
  mode: z.enum(modes).optional().describe('Instead of the mode for all checks.'),
});

const exemption = z.strictObject({
  check: z.string().min(1).describe('The id of a check, or * for every check.'),
  scope: armScope.describe('The id of a cluster or of a scope above it.'),
  reason: z.string().trim().min(1).describe('Why the failure is accepted.'),
  approvedBy: z.string().optional().describe('Who accepted it.'),
  ticket: z.string().optional().describe('Where the decision is written down.'),
  expiresOn: z.iso
    .date('must be a real date written YYYY-MM-DD')
    .optional()
    .describe('The last day on which it holds, in UTC; without it, it holds for good.'),
});

const guardWindow = z.strictObject({
  days: z.array(z.enum(days)).min(1).describe('Days on which the window opens.'),
  from: clockTime.describe('When it opens.'),
  to: clockTime.describe('When it closes; at or before `from` means the next day.'),
  timeZone: z
    .string()
    .refine(isRealTimeZone, 'must be a time zone such as "Europe/Berlin" or "UTC"')
    .describe('IANA name of the time zone.'),
});

const guard = z
  .strictObject({
    approval: z
      .enum(['whereAsked', 'always'])
      .default('whereAsked')
      .describe('Whether every plan waits for an approval, or only those that ask for one.'),
    maxChangesPerRun: z.int().min(0).default(10).describe('Changes one run may make.'),
    maxChangesPerHour: z.int().min(0).default(20).describe('Changes per hour, all runs together.'),
    maxFailureRatio: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('Share of failed changes, 0 to 1, above which changing stops.'),
    cooldownMinutes: z
      .int()
      .min(0)
      .default(60)
      .describe('Minutes a resource rests after a change.'),
    maxReverts: z
      .int()
      .min(1)
      .default(3)
      .describe('How often in 24 hours a change may be undone by others before we stop.'),
    ownedByTags: z
      .array(z.string())
      .default(['managed-by', 'managedBy', 'terraform', 'iac'])
      .describe('Tag keys that show that another tool owns a resource.'),
    priorityBand: z
      .strictObject({
        from: z.int().min(100).max(4096).default(3000).describe('Lowest priority number.'),
        to: z.int().min(100).max(4096).default(3999).describe('Highest priority number.'),
      })
      .refine(({ from, to }) => from <= to, '`from` must not be greater than `to`')
      .prefault({})
      .describe('Priorities reserved for our security rules.'),
    windows: z
      .array(guardWindow)
      .default([])
      .describe('When changes may be made; empty means always.'),
  })
  .prefault({})
  .describe('Limits on changes that are made.');

const settingsSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where an editor finds the schema of this file.'),
    scope: z
      .strictObject({
        managementGroups: z.array(z.string()).default([]).describe('Management groups to look in.'),
        subscriptions: z.array(z.string()).default([]).describe('Subscription ids to look in.'),
        clusters: z
          .enum(['inference', 'all'])
          .default('inference')
          .describe('Only clusters that serve Azure Machine Learning, or all AKS clusters.'),
      })
      .prefault({})
      .describe('Where to look, and for which clusters; empty lists mean everything readable.'),
    callers: perCluster(
      callersValue,
      [],
      'must be a list of addresses, prefixes and service tags, or "none", or { "default": …, "clusters": { … } }',
    )
      .default([])
      .describe(
        'Who may call the scoring endpoints: addresses, CIDR prefixes, ranges and service tags; [] is not configured, "none" is called only from inside.',
      ),
    outbound: perCluster(
      outboundValue,
      'keepDefaults',
      'must be "keepDefaults" or "restricted", or { "default": …, "clusters": { … } }',
    )
      .default('keepDefaults')
      .describe(
        "Whether Azure's default outbound rules are meant to stay, or traffic is restricted.",
      ),
    requirePrivateCluster: perCluster(
      z.boolean(),
      false,
      'must be true or false, or { "default": …, "clusters": { … } }',
    )
      .default(false)
      .describe('Whether the API server has to be private.'),
    requireInternalLoadBalancer: perCluster(
      z.boolean(),
      false,
      'must be true or false, or { "default": …, "clusters": { … } }',
    )
      .default(false)
      .describe('Whether scoring endpoints have to be private.'),
    egress: z
      .strictObject({
        trustedAppliances: z
          .array(
            z.union([v4, v6], { error: 'must be the address of an appliance, such as "10.0.0.4"' }),
          )
          .default([])
          .describe('Addresses of appliances trusted to let needed traffic through.'),
      })
      .prefault({})
      .describe('What is known about the way out.'),
    onPremises: z
      .array(
        z.string().refine(isPrefix, 'must be an address or a CIDR prefix, such as "10.128.0.0/9"'),
      )
      .default([])
      .describe('Networks behind gateways; empty: any private address is thought possible.'),
    deployers: z
      .array(
        z.strictObject({
          principalId: z
            .guid('must be the object id (a GUID) of the principal in Microsoft Entra')
            .describe('Object id of who deploys into the networks.'),
          label: z.string().optional().describe('A name for people.'),
        }),
      )
      .default([])
      .describe('Who deploys into the networks and must be able to join them.'),
    mode: z
      .enum(modes)
      .default('alert')
      .describe(
        'The most that may be done about a failing check: audit, alert, plan, or remediate, which alone changes anything.',
      ),
    checks: z
      .record(z.string(), checkSettings)
      .default({})
      .describe('By check id; a check that is not listed is enabled at its own severity.'),
    exemptions: z.array(exemption).default([]).describe('Failures that somebody has accepted.'),
    policyExemptions: z
      .record(z.string(), z.array(z.string()))
      .default({})
      .describe(
        'Check ids by the id of an Azure Policy assignment or definition, or by the reference id of a definition in an initiative: exemptions from it exempt from these checks.',
      ),
    trustTags: z
      .boolean()
      .default(false)
      .describe(
        'Whether the tag portcullis:callers says who calls a cluster of which the settings do not. It never opens anything.',
      ),
    guard,
    alerts: alertSettings,
  })
  .meta({ title: 'Portcullis settings' });

/** The whole settings file, defaults filled in. */
export type Settings = Frozen<z.output<typeof settingsSchema>>;

export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/**
 * The settings of a parsed JSON file, or everything that is wrong with it at once. With `checkIds`,
 * checks that do not exist are problems too.
 */
export function parseSettings(json: unknown, checkIds?: readonly string[]): ParsedSettings {
  const parsed = settingsSchema.safeParse(json);
  const problems = parsed.success
    ? []
    : problemsOf(parsed.error.issues, json, settingsJsonSchema());
  if (parsed.success && checkIds !== undefined) {
    problems.push(...unknownChecks(parsed.data, checkIds));
  }
  return parsed.success && problems.length === 0
    ? { ok: true, settings: parsed.data }
    : { ok: false, problems };
}

function unknownChecks(settings: Settings, checkIds: readonly string[]): SettingsProblem[] {
  const named = [
    ...Object.keys(settings.checks).map((id) => ({ path: `checks.${id}`, id })),
    ...settings.exemptions.map(({ check }, index) => ({
      path: `exemptions[${index}].check`,
      id: check,
    })),
    ...Object.entries(settings.policyExemptions).flatMap(([policy, ids]) =>
      ids.map((id, index) => ({
        path: `policyExemptions[${JSON.stringify(policy)}][${index}]`,
        id,
      })),
    ),
  ];
  return named
    .filter(({ path, id }) => !checkIds.includes(id) && !(id === '*' && path.endsWith('.check')))
    .map(({ path, id }) => {
      const meant = nearest(id, checkIds);
      const advice =
        meant === undefined
          ? '; `portcullis checks` lists them'
          : `; did you mean ${JSON.stringify(meant)}?`;
      return { path, value: JSON.stringify(id), says: `is no check${advice}` };
    });
}

/** What holds where there is no settings file. */
export function defaultSettings(): Settings {
  return settingsSchema.parse({});
}

/** The JSON Schema (draft 2020-12) of the settings file, for editors. */
export function settingsJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-2020-12' });
}
