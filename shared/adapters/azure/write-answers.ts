import type { ArmWrite, WriteAnswer } from '../../remediation/arm-write.ts';

/** What Azure answered to a write. */
export interface Answered {
  readonly status: number;
  /** What it said where it refused. */
  readonly said: { readonly code: string; readonly message: string } | undefined;
}

/** Others are at work on the same thing; seen as 400, 409 and 429, so that the status decides nothing. */
const inTheWay: ReadonlySet<string> = new Set([
  'anotheroperationinprogress',
  'canceledandsupersededduetoanotheroperation',
  'retryableerror',
  'retryableerrorduetoanotheroperation',
]);

/** Codes of a 404 that say that there is nothing under the name: what was to go is gone. */
const absent: ReadonlySet<string> = new Set([
  'notfound',
  'parentresourcenotfound',
  'resourcegroupnotfound',
  'resourcenotfound',
  'roleassignmentnotfound',
]);

/** Refusals that no other try changes, lower-cased, with what a person can do. */
const advice: Readonly<Record<string, string>> = {
  authorizationfailed: 'Give the remediator its role at this scope, or wait until it has spread.',
  denyassignmentauthorizationfailed:
    'A deny assignment forbids it, and no role gives it back: whoever owns the deny assignment has to make the change.',
  linkedaccesscheckfailed: 'The remediator also needs the permission on what the change refers to.',
  linkedauthorizationfailed:
    'The remediator also needs the permission on what the change refers to.',
  missingsubscriptionregistration: 'Register the resource provider in the subscription.',
  operationnotallowed: 'Read what Azure says, and make a new plan.',
  principalnotfound: 'The principal is gone from the directory; make a new plan.',
  readonlydisabledsubscription: 'The subscription is disabled, and nothing in it can be changed.',
  requestdisallowedbypolicy:
    'Ask the owner of the policy for an exemption, or make the change in a way that it allows.',
  resourcegroupbeingdeleted: 'The resource group is being deleted.',
  roleassignmentlimitexceeded: 'Remove role assignments that are no longer needed.',
  roleassignmentupdatenotpermitted:
    'Something else is assigned under this name; look at it, and make a new plan.',
  scopelocked: 'Remove the lock for as long as the change takes, or ask whoever set it.',
  securityruleconflict: 'Another rule has taken the priority; make a new plan.',
};

/**
 * What came of a write, by what Azure answered. Sources:
 * https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors and
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
 */
export function writeAnswerOf(request: ArmWrite, answered: Answered): WriteAnswer {
  const { status, said } = answered;
  const code = said?.code.toLowerCase() ?? '';
  const says = saysOf(answered);
  if (status >= 200 && status < 300) return successOf(request, status);
  if (inTheWay.has(code)) return { kind: 'busy', says };
  if (request.method === 'PUT' && code === 'roleassignmentexists') return { kind: 'alreadyThere' };
  if (request.method === 'DELETE' && isAbsent(answered)) return { kind: 'alreadyThere' };
  if (code === 'principalnotfound' && !namesPrincipalType(request)) {
    // Without its type Azure looks the principal up, and a new one is not everywhere at once.
    return { kind: 'busy', says };
  }
  if (status === 429 || status === 412) return { kind: 'busy', says };
  if (status === 409 && advice[code] === undefined) return { kind: 'busy', says };
  // A gateway that gives up says nothing of what lies behind it; 503 comes from both.
  if (status === 408 || status < 400 || status >= 500) return { kind: 'lost', says };
  return { kind: 'refused', says };
}

/** Whether Azure says that there is nothing where one asked; an unseen subscription says nothing. */
export function isAbsent({ status, said }: Answered): boolean {
  return status === 404 && absent.has(said?.code.toLowerCase() ?? '');
}

function successOf({ method }: ArmWrite, status: number): WriteAnswer {
  if (method === 'DELETE') return { kind: status === 204 ? 'alreadyThere' : 'made' };
  if (status === 201) return { kind: 'made' };
  if (status === 200) return { kind: 'alreadyThere' };
  return { kind: 'lost', says: `${status}: Azure did it, and does not say what was there before` };
}

/** Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#principalnotfound */
function namesPrincipalType({ body }: ArmWrite): boolean {
  const properties = body?.['properties'];
  return typeof properties === 'object' && properties !== null && 'principalType' in properties;
}

function saysOf({ status, said }: Answered): string {
  if (said === undefined) return `${status}`;
  const does = advice[said.code.toLowerCase()];
  const text = `${status} ${said.code}: ${said.message}`;
  return does === undefined ? text : `${text}. ${does}`;
}
