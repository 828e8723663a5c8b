import { type Answer, failure } from '../http/wire.ts';
import type { Caller } from '../identity/callers.ts';
import type { Denial } from '../permissions/access.ts';
import { lastOf } from '../tenant/azure-id.ts';

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
  securityRuleInvalid: (name: string, why: string): Answer =>
    failure(400, 'SecurityRuleInvalidParameter', `Security rule ${name} is not valid: ${why}`),
  securityRuleConflict: (name: string, other: string): Answer =>
    failure(
      400,
      'SecurityRuleConflict',
      `Security rule ${name} conflicts with rule ${other}. Rules cannot have the same Priority and Direction.`,
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
