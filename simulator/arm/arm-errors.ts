import { type Answer, failure } from '../http/wire.ts';
import type { Caller } from '../identity/callers.ts';
import type { Denial } from '../permissions/access.ts';
import { lastOf } from '../tenant/azure-id.ts';

/** A body that is not of the form that Microsoft.Network reads. */
function unparsed(why: string): Answer {
  const details = [{ code: 'InvalidJson', message: why }];
  return failure(400, 'InvalidRequestFormat', 'Cannot parse the request.', { details });
}

function capitalised(member: string): string {
  return member.charAt(0).toUpperCase() + member.slice(1);
}

/** The failures of Resource Manager, worded as recorded from Azure where there is a recording. */
export const armErrors = {
  missingApiVersion: (): Answer =>
    failure(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    ),
  invalidApiVersion: (version: string): Answer =>
    failure(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are dates, with or without '-preview'.`,
    ),
  subscriptionNotFound: (subscription: string): Answer =>
    failure(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`),
  resourceGroupNotFound: (name: string): Answer =>
    failure(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`),
  resourceNotFound: (writtenType: string, path: string, group: string | undefined): Answer =>
    failure(
      404,
      'ResourceNotFound',
      `The Resource '${writtenType}/${lastOf(path)}' under resource group '${group ?? '<null>'}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    ),
  parentNotFound: (writtenType: string, parent: string): Answer =>
    failure(
      404,
      'ParentResourceNotFound',
      `Failed to perform 'read' on resource(s) of type '${writtenType.split('/').slice(1).join('/')}', because the parent resource '${parent}' could not be found.`,
    ),
  invalidResourceType: (writtenType: string, version: string): Answer => {
    const [namespace = ''] = writtenType.split('/');
    return failure(
      404,
      'InvalidResourceType',
      `The resource type could not be found in the namespace '${namespace}' for api version '${version}'.`,
    );
  },
  roleDefinitionNotFound: (name: string): Answer =>
    failure(
      404,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${name}' does not exist.`,
    ),
  authorizationNotFound: (code: string, what: string, name: string): Answer =>
    failure(404, code, `The ${what} '${name}' could not be found.`),
  invalidFilter: (filter: string): Answer =>
    failure(
      400,
      'UnsupportedQuery',
      `The filter '${filter}' is not supported. Supported filters are atScope(), assignedTo('{id}') and a comparison by eq.`,
    ),
  preconditionFailed: (): Answer =>
    failure(
      412,
      'PreconditionFailed',
      'Precondition failed. The etag that was given is not that of the resource.',
    ),
  cannotParse: (member: string, value: string): Answer =>
    unparsed(`Error converting value "${value}" of '${member}'.`),
  requiredPropertyMissing: (member: string): Answer =>
    unparsed(`Required property '${member}' not found in JSON.`),
  invalidResourceName: (name: string): Answer =>
    failure(
      400,
      'InvalidResourceName',
      `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`,
    ),
  securityRulePriorityInvalid: (value: string): Answer =>
    failure(
      400,
      'SecurityRuleInvalidPriority',
      `Security rule has invalid Priority. Value provided: ${value} Allowed range 100-4096.`,
    ),
  descriptionTooLong: (name: string): Answer =>
    failure(
      400,
      'SecurityRuleDescriptionTooLong',
      `The description of security rule ${name} is longer than 140 characters.`,
    ),
  addressPrefixInvalid: (value: string): Answer =>
    failure(
      400,
      'SecurityRuleInvalidAddressPrefix',
      `Security rule has invalid Address prefix. Value provided: ${value}`,
    ),
  portRangeInvalid: (value: string): Answer =>
    failure(
      400,
      'SecurityRuleInvalidPortRange',
      `Security rule has invalid Port range. Value provided: ${value}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535.`,
    ),
  unsupportedInList: (id: string, member: string, value: string): Answer =>
    failure(
      400,
      'SecurityRuleParameterContainsUnsupportedValue',
      `Security rule parameter ${capitalised(member)} for rule with Id ${id} cannot specify existing VIRTUALNETWORK, INTERNET, AZURELOADBALANCER, '*' or system tags. Unsupported value used: ${value}.`,
    ),
  securityRuleParametersMissing: (id: string, one: string, many: string): Answer =>
    failure(
      400,
      'SecurityRuleParametersMissing',
      `Required security rule parameters are missing for security rule with Id: ${id}. Security rule must specify ${capitalised(many)}, ${capitalised(one)}.`,
    ),
  securityRuleParametersConflict: (id: string, one: string, many: string): Answer =>
    failure(
      400,
      'SecurityRuleParametersConflict',
      `Security rule with Id ${id} cannot specify more than one of ${capitalised(many)}, ${capitalised(one)} and groups.`,
    ),
  securityRuleConflict: (name: string, other: string): Answer =>
    failure(
      400,
      'SecurityRuleConflict',
      `Security rule ${name} conflicts with rule ${other}. Rules cannot have the same Priority and Direction.`,
    ),
  anotherOperationInProgress: (address: string): Answer =>
    failure(
      409,
      'AnotherOperationInProgress',
      `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${address}.`,
    ),
  operationFailed: (code: string): Answer => failure(400, code, 'The operation failed: simulated.'),
  scopeLocked: (scope: string, verb: 'write' | 'delete', locked: readonly string[]): Answer =>
    failure(
      409,
      'ScopeLocked',
      `The scope '${scope}' cannot perform ${verb} operation because following scope(s) are locked: '${locked.join(',')}'. Please remove the lock and try again.`,
    ),
  badRoleAssignment: (why: string): Answer =>
    failure(400, 'BadRequestFormat', `The request was incorrectly formatted. ${why}`),
  roleAssignmentIdInvalid: (name: string): Answer =>
    failure(
      400,
      'InvalidRoleAssignmentId',
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    ),
  roleAssignmentExists: (name: string): Answer =>
    failure(
      409,
      'RoleAssignmentExists',
      `The role assignment already exists. The ID of the existing role assignment is ${name.replaceAll('-', '')}.`,
    ),
  roleAssignmentUpdateNotPermitted: (): Answer =>
    failure(
      400,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    ),
  principalNotFound: (principalId: string, tenantId: string): Answer =>
    failure(
      400,
      'PrincipalNotFound',
      `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
    ),
  methodNotAllowed: (method: string): Answer =>
    failure(
      405,
      'HttpMethodNotSupported',
      `The HTTP method '${method}' is not supported at this scope.`,
    ),
  notAllowed: (
    caller: Caller,
    action: string,
    scope: string,
    decision: 'notGranted' | Denial,
  ): Answer => {
    const client = `The client '${caller.appId ?? caller.objectId}' with object id '${caller.objectId}'`;
    return decision === 'notGranted'
      ? failure(
          403,
          'AuthorizationFailed',
          `${client} does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
        )
      : failure(
          403,
          'DenyAssignmentAuthorizationFailed',
          `${client} has permission to perform action '${action}' on scope '${scope}'; however, the access is denied because of the deny assignment with name '${decision.name}' and Id '${decision.id}' at scope '${decision.scope}'.`,
        );
  },
} as const;
