import { type OwnRole, ownRoles } from '../shared/adapters/azure/custom-roles.ts';

/** The role definitions as the Azure CLI takes them, and the page that tells of them, by path. */
export function rolePages(): ReadonlyMap<string, string> {
  const roles = Object.entries<OwnRole>(ownRoles);
  return new Map([
    ...roles.map(([file, { role }]): [string, string] => [
      `infra/roles/${file}.json`,
      `${JSON.stringify(role, null, 2)}\n`,
    ]),
    ...roles.flatMap(([file, { condition }]): [string, string][] =>
      condition === undefined ? [] : [[`infra/roles/${file}.condition.txt`, `${condition}\n`]],
    ),
    ['docs/roles.md', page(roles)],
  ]);
}

function page(roles: readonly (readonly [string, OwnRole])[]): string {
  return `${[
    '<!-- Made by scripts/docs.ts from shared/adapters/azure/custom-roles.ts. -->',
    '# Roles',
    'Two identities, so that whoever reads cannot write: one that audits, one that remediates. Their roles are made from the code: the read operation of every type that is read, and the operations that plans declare.',
    ...roles.flatMap(section),
    '## Making one',
    'Put the subscriptions, or one management group, into `AssignableScopes` first. These commands need Azure.',
    [
      '```sh',
      'az role definition create --role-definition @infra/roles/reader.json',
      'az role assignment create --assignee-object-id <reader> --assignee-principal-type ServicePrincipal \\',
      "  --role 'Portcullis reader' --scope /providers/Microsoft.Management/managementGroups/<group>",
      'az role assignment create --assignee-object-id <remediator> --assignee-principal-type ServicePrincipal \\',
      "  --role 'Portcullis role assignments' --scope /subscriptions/<subscription>/resourceGroups/<group> \\",
      '  --condition-version 2.0 --condition "$(cat infra/roles/role-assignments.condition.txt)"',
      '```',
    ].join('\n'),
    '`portcullis doctor` prints the same commands filled in, for what is missing where.',
    'The built-in role Reader holds everything that the first role does. Deployment stacks of management groups are seen only by a reader that is assigned there.',
  ].join('\n\n')}\n`;
}

function section([file, { role, where, condition }]: readonly [
  string,
  OwnRole,
]): readonly string[] {
  const pattern = role.Actions.find((action) => action.includes('*'));
  return [
    `## ${role.Name}`,
    `[\`infra/roles/${file}.json\`](../infra/roles/${file}.json), assigned at ${where}. ${role.Description}`,
    role.Actions.map((action) => `- \`${action}\``).join('\n'),
    ...(pattern === undefined
      ? []
      : [
          `\`${pattern}\` is the one pattern: the operation that reads the effective rules of network managers is in no published list, so that no role can name it, and without those rules no packet can be judged.`,
        ]),
    ...(condition === undefined
      ? []
      : [
          'It is assigned under a condition, which lets its holder give Network Contributor and nothing else, to service principals and nobody else, and take only that role away. A deployer who is a person or a group, or who holds nothing there yet that tells what kind of principal it is, has to be given the role by a person.',
          `\`\`\`text\n${condition.replace(' AND ((', '\nAND ((')}\n\`\`\``,
        ]),
  ];
}
