import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import {
  bicepString,
  ruleSnippets,
  shellWord,
  terraformString,
} from '../../shared/remediation/snippets.ts';
import { roleSnippets } from '../../shared/remediation/written-role.ts';
import { rule } from '../checks/build.ts';

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '\\',
        '$',
        '${',
        '%{',
        '`',
        '$(id)',
        '\n',
        '\t',
        ' ',
        ';',
        '-',
        '*',
        '!',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));

/** Reads a string literal of one of the languages back, as its documentation says it is read. */
function readBack(
  literal: string,
  quote: string,
  opens: readonly (readonly [string, string])[],
): string {
  expect(literal.startsWith(quote) && literal.endsWith(quote)).toBe(true);
  let rest = literal.slice(1, -1);
  let text = '';
  while (rest !== '') {
    const open = opens.find(([written]) => rest.startsWith(written));
    if (open !== undefined) {
      text += open[1];
      rest = rest.slice(open[0].length);
      continue;
    }
    const [first = ''] = rest;
    if (
      ['\n', '\r', '\\', quote].includes(first) ||
      (/^[$%]\{/.test(rest) && quote === '"') ||
      rest.startsWith('${')
    ) {
      throw new RangeError(`the literal ends or interpolates early: ${JSON.stringify(literal)}`);
    }
    text += first;
    rest = rest.slice(first.length);
  }
  return text;
}

describe('words and strings of snippets', () => {
  it('come back from a POSIX shell as they were', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 40 }), (texts) => {
        // A shell cannot hold lone surrogates, and neither can an Azure name.
        const words = texts.map((text) => text.toWellFormed());
        const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
        const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
        expect(printed.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });

  it('come back from Bicep as they were', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const opens = [
          ['\\\\', '\\'],
          ["\\'", "'"],
          ['\\${', '${'],
          ['\\n', '\n'],
          ['\\r', '\r'],
          ['\\t', '\t'],
        ] as const;
        expect(readBack(bicepString(text), "'", opens)).toBe(text);
      }),
    );
  });

  it('come back from Terraform as they were', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const opens = [
          ['\\\\', '\\'],
          ['\\"', '"'],
          ['$${', '${'],
          ['%%{', '%{'],
          ['\\n', '\n'],
          ['\\r', '\r'],
          ['\\t', '\t'],
        ] as const;
        expect(readBack(terraformString(text), '"', opens)).toBe(text);
      }),
    );
  });
});

const placed = {
  groupId: resourceId(
    '/subscriptions/1/resourceGroups/net-rg/providers/Microsoft.Network/networkSecurityGroups/nsg',
  ),
  rule: {
    ...rule('portcullis-x-00000000', 3000, 'Inbound', 'Allow', {
      from: ['10.0.0.0/8', '192.0.2.0/24'],
      to: '20.1.2.3',
      port: '443',
      protocol: 'Tcp',
    }),
  },
  description: 'Portcullis: x of fraud',
};

describe('snippets', () => {
  it('of a rule say the same in three languages', () => {
    expect(ruleSnippets([placed])).toMatchInlineSnapshot(`
      {
        "az": "az network nsg rule create \\
        --subscription 1 \\
        --resource-group net-rg \\
        --nsg-name nsg \\
        --name portcullis-x-00000000 \\
        --priority 3000 \\
        --direction Inbound \\
        --access Allow \\
        --protocol Tcp \\
        --source-address-prefixes 10.0.0.0/8 192.0.2.0/24 \\
        --source-port-ranges '*' \\
        --destination-address-prefixes 20.1.2.3 \\
        --destination-port-ranges 443 \\
        --description 'Portcullis: x of fraud'",
        "bicep": "// in resource group 'net-rg'
      resource portcullis_x_00000000 'Microsoft.Network/networkSecurityGroups/securityRules@2024-05-01' = {
        name: 'nsg/portcullis-x-00000000'
        properties: {
          description: 'Portcullis: x of fraud'
          protocol: 'Tcp'
          sourceAddressPrefixes: [
            '10.0.0.0/8'
            '192.0.2.0/24'
          ]
          sourcePortRange: '*'
          destinationAddressPrefix: '20.1.2.3'
          destinationPortRange: '443'
          access: 'Allow'
          priority: 3000
          direction: 'Inbound'
        }
      }",
        "terraform": "resource "azurerm_network_security_rule" "portcullis_x_00000000" {
        name                        = "portcullis-x-00000000"
        resource_group_name         = "net-rg"
        network_security_group_name = "nsg"
        description                 = "Portcullis: x of fraud"
        protocol                    = "Tcp"
        source_address_prefixes     = ["10.0.0.0/8", "192.0.2.0/24"]
        source_port_range           = "*"
        destination_address_prefix  = "20.1.2.3"
        destination_port_range      = "443"
        access                      = "Allow"
        priority                    = 3000
        direction                   = "Inbound"
      }",
      }
    `);
  });

  it('of a role assignment say the same in three languages', () => {
    const given = {
      principalId: '22222222-2222-4222-8222-222222222222',
      principalType: 'ServicePrincipal',
      role: { guid: '4d97b98b-1d4f-4787-a291-c67834d212e7', roleName: 'Network Contributor' },
      scope: resourceId('/subscriptions/1/resourceGroups/net-rg'),
      description: 'Portcullis: x of fraud',
    } as const;
    expect(roleSnippets([given])).toMatchInlineSnapshot(`
      {
        "az": "az role assignment create \\
        --name f5c8340b-4032-8daf-a6b4-d34a6f480aae \\
        --assignee-object-id 22222222-2222-4222-8222-222222222222 \\
        --assignee-principal-type ServicePrincipal \\
        --role 4d97b98b-1d4f-4787-a291-c67834d212e7 \\
        --scope /subscriptions/1/resourcegroups/net-rg \\
        --description 'Portcullis: x of fraud'",
        "bicep": "// deployed at '/subscriptions/1/resourcegroups/net-rg'
      resource assignment_f5c8340b 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
        name: 'f5c8340b-4032-8daf-a6b4-d34a6f480aae'
        properties: {
          roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4d97b98b-1d4f-4787-a291-c67834d212e7')
          principalId: '22222222-2222-4222-8222-222222222222'
          principalType: 'ServicePrincipal'
          description: 'Portcullis: x of fraud'
        }
      }",
        "terraform": "resource "azurerm_role_assignment" "assignment_f5c8340b" {
        name                 = "f5c8340b-4032-8daf-a6b4-d34a6f480aae"
        scope                = "/subscriptions/1/resourcegroups/net-rg"
        role_definition_name = "Network Contributor"
        principal_id         = "22222222-2222-4222-8222-222222222222"
        principal_type       = "ServicePrincipal"
        description          = "Portcullis: x of fraud"
      }",
      }
    `);
  });
});
