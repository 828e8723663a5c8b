import {
  definitionCommand,
  delegationCommand,
  assignmentCommand,
} from '../shared/access/role-commands.ts';
import type { SubscriptionDiagnosis } from '../shared/adapters/azure/diagnose.ts';
import { ownRoles } from '../shared/adapters/azure/custom-roles.ts';
import type { WriteKind, WriteTarget } from '../shared/adapters/azure/diagnose-writes.ts';
import type { LiveDiagnosis } from '../shared/compose-live.ts';
import {
  type ResourceId,
  nameOf,
  resourceId,
  subscriptionIdOf,
} from '../shared/model/resource-id.ts';
import { networkContributorRole } from '../shared/remediation/remediation-actions.ts';
import { commandLines } from '../shared/reports/command-lines.ts';
import type { Paint } from '../shared/reports/paint.ts';
import { counted, hang, plainText, wrap } from '../shared/reports/text-layout.ts';

/** What a diagnosis is printed on. */
export interface DiagnosisSheet {
  readonly width: number;
  readonly paint: Paint;
}

const shownAtMost = 20;
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Tokens are refused where clocks differ by more (Microsoft identity platform: five minutes). */
const mostClockMs = 5 * 60_000;

/** Whether a scan finds all that it needs; what a remediation would need does not count. */
export function isWell(diagnosis: LiveDiagnosis, settingsProblems: readonly string[]): boolean {
  const { subscriptions, microsoftGraph, trial } = diagnosis;
  return (
    settingsProblems.length === 0 &&
    microsoftGraph.servicePrincipals === undefined &&
    subscriptions.length > 0 &&
    subscriptions.every(({ lacking }) => lacking.length === 0) &&
    !isClockWrong(diagnosis) &&
    (trial?.problems ?? []).length === 0
  );
}

function isClockWrong({ clockBehindMs }: LiveDiagnosis): boolean {
  return clockBehindMs !== undefined && Math.abs(clockBehindMs) > mostClockMs;
}

/** The whole diagnosis for a person: what is well, what is missing, and what to do. */
export function diagnosisLines(
  diagnosis: LiveDiagnosis,
  settingsProblems: readonly string[],
  sheet: DiagnosisSheet,
): readonly string[] {
  const well = isWell(diagnosis, settingsProblems);
  return [
    sheet.paint('TO SCAN', 'strong'),
    '',
    ...signInLines(diagnosis, sheet),
    ...clockLines(diagnosis, sheet),
    ...subscriptionLines(diagnosis, sheet),
    ...graphLines(diagnosis.microsoftGraph, sheet),
    ...settingsLines(diagnosis, settingsProblems, sheet),
    ...trialLines(diagnosis, sheet),
    '',
    ...wrap(sumOf(diagnosis, well), sheet.width),
    ...writeLines(diagnosis, sheet),
  ];
}

function sumOf({ trial }: LiveDiagnosis, well: boolean): string {
  if (!well) {
    return 'A scan works all the same where it can: what it cannot read it reports as a gap, and what depends on that as unknown.';
  }
  return (trial?.gaps ?? 0) === 0
    ? 'A scan can read everything it needs here.'
    : 'Whoever is signed in holds every permission that a scan needs here.';
}

function good(text: string, { width, paint }: DiagnosisSheet): string[] {
  return painted(hang(' ✓ ', text, width), (sign) => paint(sign, 'compliant'));
}

function bad(text: string, { width, paint }: DiagnosisSheet): string[] {
  return painted(hang(' ✗ ', text, width), (sign) => paint(sign, 'nonCompliant'));
}

function remark(text: string, { width, paint }: DiagnosisSheet): string[] {
  return painted(hang(' · ', text, width), (sign) => paint(sign, 'faint'));
}

function painted(lines: readonly string[], paint: (sign: string) => string): string[] {
  return lines.map((line, index) =>
    index === 0 ? ` ${paint(line.slice(1, 2))}${line.slice(2)}` : line,
  );
}

function signInLines({ arm, signedInAs }: LiveDiagnosis, sheet: DiagnosisSheet): string[] {
  const as = signedInAs === undefined ? '' : ` as ${who(signedInAs)}`;
  return good(`Signed in to ${arm}${as}.`, sheet);
}

function who({ name, objectId, tenantId }: NonNullable<LiveDiagnosis['signedInAs']>): string {
  const of = tenantId === undefined ? '' : ` of tenant ${tenantId}`;
  return plainText(`${name ?? 'a principal'} (object id ${objectId})${of}`);
}

function clockLines(diagnosis: LiveDiagnosis, sheet: DiagnosisSheet): string[] {
  const { clockBehindMs } = diagnosis;
  if (clockBehindMs === undefined) return [];
  const seconds = Math.round(Math.abs(clockBehindMs) / 1000);
  const off = `The clock of this machine is ${counted(seconds, 'second')} ${clockBehindMs > 0 ? 'behind' : 'ahead of'} Azure's`;
  if (isClockWrong(diagnosis)) {
    return bad(`${off}: beyond five minutes, tokens are refused. Set it by a time server.`, sheet);
  }
  return seconds > 60 ? remark(`${off}.`, sheet) : good("The clock agrees with Azure's.", sheet);
}

function subscriptionLines(
  { signedInAs, subscriptions }: LiveDiagnosis,
  sheet: DiagnosisSheet,
): string[] {
  const well = subscriptions.filter(({ lacking }) => lacking.length === 0);
  const ill = subscriptions.filter(({ lacking }) => lacking.length > 0);
  return [
    ...(subscriptions.length === 0
      ? [
          ...bad(
            'No subscription is visible. Grant Reader on one, or on a management group:',
            sheet,
          ),
          `   ${readerCommand(signedInAs?.objectId, undefined)}`,
        ]
      : []),
    ...(well.length === 0
      ? []
      : good(`${counted(well.length, 'subscription')} can be read: ${namesOf(well)}.`, sheet)),
    ...ill.slice(0, shownAtMost).flatMap((one) => illLines(one, signedInAs?.objectId, sheet)),
    ...(ill.length > shownAtMost
      ? bad(
          `… and ${counted(ill.length - shownAtMost, 'more subscription')}: ${namesOf(ill.slice(shownAtMost))}.`,
          sheet,
        )
      : []),
  ];
}

function namesOf(subscriptions: readonly SubscriptionDiagnosis[]): string {
  const shown = subscriptions.slice(0, shownAtMost).map(({ name }) => plainText(name));
  const more = subscriptions.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function illLines(
  { id, name, lacking, trouble }: SubscriptionDiagnosis,
  objectId: string | undefined,
  sheet: DiagnosisSheet,
): readonly string[] {
  const what =
    trouble === undefined
      ? `${plainText(name)} (${plainText(id)}) lacks ${lacking.join(', ')}. Reader has them all:`
      : `${plainText(name)} (${plainText(id)}): what may be read there is not known: ${plainText(trouble)}. Reader would do:`;
  return [...bad(what, sheet), `   ${readerCommand(objectId, id)}`];
}

/** One line that can be copied into a shell; nothing that is no GUID comes into it. */
function readerCommand(objectId: string | undefined, subscription: string | undefined): string {
  const assignee = guidOr(objectId, '<object id>');
  const scope = `/subscriptions/${guidOr(subscription, '<subscription id>')}`;
  return `az role assignment create --role Reader --assignee-object-id ${assignee} --scope ${scope}`;
}

function guidOr(text: string | undefined, placeholder: string): string {
  return text !== undefined && guid.test(text) ? text : placeholder;
}

function graphLines(
  { servicePrincipals, groups }: LiveDiagnosis['microsoftGraph'],
  sheet: DiagnosisSheet,
): string[] {
  if (servicePrincipals !== undefined) {
    return bad(
      `Microsoft Graph refuses: ${plainText(servicePrincipals)}. It is needed only for clusters with a service principal. Grant the application permission Application.Read.All (an administrator has to consent); with GroupMember.Read.All, grants through groups take fewer calls.`,
      sheet,
    );
  }
  return groups === undefined
    ? good('Microsoft Graph answers: service principals and groups can be read.', sheet)
    : good(
        `Microsoft Graph answers for service principals. Groups it refuses (${plainText(groups)}): Resource Manager is asked what reaches each identity instead. With GroupMember.Read.All that takes fewer calls.`,
        sheet,
      );
}

function settingsLines(
  { trial }: LiveDiagnosis,
  settingsProblems: readonly string[],
  sheet: DiagnosisSheet,
): string[] {
  const problems = [...settingsProblems, ...(trial?.problems ?? [])];
  const warnings = trial?.warnings ?? [];
  return [
    ...(problems.length === 0 ? good('The settings are valid.', sheet) : []),
    ...problems.flatMap((problem) => bad(problem, sheet)),
    ...warnings.flatMap((warning) => remark(warning, sheet)),
  ];
}

function trialLines({ trial }: LiveDiagnosis, sheet: DiagnosisSheet): string[] {
  if (trial === undefined) return [];
  const found = `Reading as a scan does found ${counted(trial.clusters, 'inference cluster')}`;
  return trial.gaps === 0
    ? good(`${found}.`, sheet)
    : remark(
        `${found}, and ${counted(trial.gaps, 'thing')} could not be read: portcullis scan lists what, and why.`,
        sheet,
      );
}

const kinds: Readonly<Record<WriteKind, string>> = {
  securityRules: 'change rules of network security groups',
  roleAssignments: 'assign roles on the networks',
};

/** Roles of exactly what is needed. */
const rolesFor = {
  securityRules: ownRoles['security-rules'].role,
  roleAssignments: ownRoles['role-assignments'].role,
} as const;

function writeLines({ trial, signedInAs }: LiveDiagnosis, sheet: DiagnosisSheet): string[] {
  if (trial === undefined || trial.writes.targets.length === 0) return [];
  const { targets, obstacles, troubles } = trial.writes;
  return [
    '',
    sheet.paint('TO REMEDIATE', 'strong'),
    '',
    ...wrap(
      'None of this counts here: only portcullis apply and the functions in mode remediate need it. It was looked up for whoever is signed in; give it to an identity of its own, apart from the one that reads.',
      sheet.width,
    ),
    '',
    ...(['securityRules', 'roleAssignments'] as const).flatMap((kind) =>
      kindLines(
        kind,
        targets.filter((target) => target.kind === kind),
        signedInAs,
        sheet,
      ),
    ),
    ...obstacles
      .slice(0, shownAtMost)
      .flatMap(({ kind, name, scope, what }) =>
        remark(
          kind === 'lock'
            ? `Lock ${name} (${what}) at ${scope}: nothing below it is ever changed.`
            : `Deny assignment ${name} at ${scope} takes ${what} away, or may: no role gives it back.`,
          sheet,
        ),
      ),
    ...(obstacles.length > shownAtMost
      ? remark(`… and ${counted(obstacles.length - shownAtMost, 'more')} like these.`, sheet)
      : []),
    ...(obstacles.length === 0 && troubles.length === 0
      ? good('No lock and no deny assignment stands in the way.', sheet)
      : []),
    ...troubles.flatMap((trouble) =>
      remark(`Whether locks or deny assignments stand in the way is not known: ${trouble}`, sheet),
    ),
  ];
}

/** One command shows the way; its scope is all that differs. */
const mostScopes = 1;
const mostNames = 5;

function kindLines(
  kind: WriteKind,
  targets: readonly WriteTarget[],
  signedInAs: LiveDiagnosis['signedInAs'],
  sheet: DiagnosisSheet,
): string[] {
  if (targets.length === 0) return [];
  const lacking = targets.filter((target) => target.lacking.length > 0);
  const groups = counted(targets.length, 'resource group');
  if (lacking.length === 0) return good(`May ${kinds[kind]} in ${groups}.`, sheet);
  const actions = [...new Set(lacking.flatMap((target) => target.lacking))].toSorted();
  const shown = lacking.slice(0, mostScopes);
  const trouble = lacking.find((target) => target.trouble !== undefined)?.trouble;
  const why = trouble === undefined ? '' : ` (Azure did not say for all of them: ${trouble})`;
  const commands = grantCommands(kind, shown, lacking, signedInAs);
  return [
    ...remark(
      `May not ${kinds[kind]} in ${lacking.length} of ${groups}${why}. Missing: ${actions.join(', ')}. A role of exactly what is needed:`,
      sheet,
    ),
    ...commands.flatMap((command) => ['', ...commandLines(command, sheet.width - 5)]),
    '',
    ...(lacking.length > shown.length
      ? [
          ...hang(
            '   ',
            `… and the same at ${counted(lacking.length - shown.length, 'more resource group')}: ${lacking
              .slice(mostScopes, mostScopes + mostNames)
              .map(({ scope }) => nameOf(scope))
              .join(', ')}${lacking.length > mostScopes + mostNames ? ', …' : ''}`,
            sheet.width,
          ),
          '',
        ]
      : []),
  ];
}

/** The role once, for all subscriptions, and its assignment at each resource group. */
function grantCommands(
  kind: WriteKind,
  shown: readonly WriteTarget[],
  all: readonly WriteTarget[],
  signedInAs: LiveDiagnosis['signedInAs'],
): readonly string[] {
  const role = rolesFor[kind];
  const subscriptions = new Set(all.flatMap(({ scope }) => subscriptionIdOf(scope) ?? []));
  const definition = definitionCommand({
    ...role,
    AssignableScopes: [...subscriptions].toSorted().map((id) => resourceId(`/subscriptions/${id}`)),
  });
  const assignee = {
    principalId: guidOr(signedInAs?.objectId, nobody),
    // A user has a name, and everything else an application id.
    principalType: guid.test(signedInAs?.name ?? nobody) ? 'ServicePrincipal' : 'User',
  } as const;
  const assign = (scope: ResourceId): string | undefined =>
    kind === 'securityRules'
      ? assignmentCommand(assignee, role.Name, scope)
      : delegationCommand(assignee, role.Name, networkContributorRole.guid, scope);
  return [definition, ...shown.map(({ scope }) => assign(scope))].flatMap(
    (command) => command?.replace(nobody, '<object id>') ?? [],
  );
}

const nobody = '00000000-0000-0000-0000-000000000000';
