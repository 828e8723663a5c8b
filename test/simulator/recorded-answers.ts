import { ids, principals, subscriptions } from './small-estate.ts';

/** A failure that was recorded from Azure, and what the simulator is asked to fail in the same way. */
export interface RecordedAnswer {
  /** Repository and file of the recording, all under the MIT licence or Apache 2.0. */
  readonly source: string;
  readonly status: number;
  readonly error: { readonly code: string; readonly message: string; readonly details?: unknown };
  readonly ask: {
    readonly path: string;
    readonly query?: string;
    /** Whose token; null for none. Absent: the reader's. */
    readonly by?: string | null;
    readonly late?: true;
  };
}

const online = `/subscriptions/${subscriptions.online}`;
const authorization = 'providers/Microsoft.Authorization';
const version = 'api-version=2022-04-01';
const nowhere = '00000000-0000-0000-0000-000000000000';
const resourceGraph = '/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01';

/** Failures as Azure gave them. */
export const recordedAnswers: readonly RecordedAnswer[] = [
  {
    source: 'Azure/azure-cli-extensions: quantum/test_submit',
    status: 401,
    error: {
      code: 'AuthenticationFailed',
      message: "Authentication failed. The 'Authorization' header is missing.",
    },
    ask: { path: `${online}?${version}`, by: null },
  },
  {
    source: 'Azure/azure-cli-extensions: machinelearningservices/test_workspace',
    status: 401,
    error: {
      code: 'ExpiredAuthenticationToken',
      message:
        "The access token expiry UTC time '8/20/2024 4:48:47 PM' is earlier than current UTC time '8/20/2024 4:48:47 PM'.",
    },
    ask: { path: `${online}?${version}`, late: true },
  },
  {
    source: 'Azure/azure-cli: backup/test_backup_csr',
    status: 403,
    error: {
      code: 'AuthorizationFailed',
      message:
        "The client 'someone@example.com' with object id '12f8ea5c-1212-449e-b31c-0a574f43076e' does not have authorization to perform action 'Microsoft.Storage/storageAccounts/read' over scope '/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/clitest-iaasvm-rg-donotuse/providers/Microsoft.Storage/storageAccounts/clitestiaasvmsadonotuse' or the scope is invalid. If access was recently granted, please refresh your credentials.",
    },
    ask: { path: `${ids.nsg}?${version}`, by: principals.stranger },
  },
  {
    source: 'Azure/azure-cli: network/test_vpn_client_package',
    status: 404,
    error: {
      code: 'SubscriptionNotFound',
      message: "The subscription '00000000-0000-0000-0000-000000000000' could not be found.",
    },
    ask: { path: `/subscriptions/${nowhere}?${version}` },
  },
  {
    source: 'Azure/azure-cli: servicefabric/test_create',
    status: 404,
    error: {
      code: 'ResourceGroupNotFound',
      message: "Resource group 'sfcli7' could not be found.",
    },
    ask: { path: `${online}/resourcegroups/sfcli7?${version}` },
  },
  {
    source: 'Azure/azure-cli-extensions: application-insights/test_appinsights_my_workbook',
    status: 404,
    error: {
      code: 'InvalidResourceType',
      message:
        "The resource type could not be found in the namespace 'Microsoft.Insights' for api version '2021-03-08'.",
    },
    ask: { path: `${online}/providers/Microsoft.Insights/myWorkbooks?${version}` },
  },
  {
    source: 'Azure/azure-sdk-for-node: authorizationClient-tests',
    status: 404,
    error: { code: 'LockNotFound', message: "The lock 'testlock1' could not be found." },
    ask: { path: `${online}/${authorization}/locks/testlock1?${version}` },
  },
  {
    source: 'Azure/azure-xplat-cli: arm-cli-role-tests',
    status: 404,
    error: {
      code: 'RoleDefinitionDoesNotExist',
      message:
        "The specified role definition with ID '26bcdc6f-b67f-4783-8798-872472f66ee0' does not exist.",
    },
    ask: { path: `${online}/${authorization}/roleDefinitions/${nowhere}?${version}` },
  },
  {
    source: 'Azure/azure-sdk-for-java: issue 29924',
    status: 403,
    error: {
      code: 'AccessDenied',
      message:
        'Please provide below info when asking for support: timestamp = 2022-07-12T12:30:52.0887451Z, correlationId = a3b312c7-9555-43cd-bbbd-fc93a5a55e79.',
      details: [
        {
          code: 'AccessDenied',
          message:
            'Access is denied to the requested resource. The user might not have enough permission.',
        },
      ],
    },
    ask: { path: resourceGraph, query: 'resources | project id', by: principals.stranger },
  },
];
