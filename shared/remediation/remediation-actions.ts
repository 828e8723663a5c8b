/** What applying and undoing a change takes, by what is changed: it puts or deletes one of them. */
export const remediationActions = {
  securityRules: [
    'Microsoft.Network/networkSecurityGroups/read',
    'Microsoft.Network/networkSecurityGroups/securityRules/delete',
    'Microsoft.Network/networkSecurityGroups/securityRules/read',
    'Microsoft.Network/networkSecurityGroups/securityRules/write',
  ],
  roleAssignments: [
    'Microsoft.Authorization/roleAssignments/delete',
    'Microsoft.Authorization/roleAssignments/read',
    'Microsoft.Authorization/roleAssignments/write',
  ],
} as const;

/** The only role that a plan gives anybody: the one that the guidance names. */
export const networkContributorRole = {
  guid: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  roleName: 'Network Contributor',
} as const;
