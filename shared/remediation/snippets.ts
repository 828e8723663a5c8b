import { nameOf, resourceGroupOf, subscriptionIdOf } from '../model/resource-id.ts';
import { type PlacedRule, networkApiVersion, propertiesOf } from './written-rule.ts';

/** The same change as a person would make it, three ways. */
export interface Snippets {
  readonly az: string;
  readonly bicep: string;
  readonly terraform: string;
}

/** Rules as Azure CLI commands for a POSIX shell, as Bicep and as Terraform (azurerm). */
export function ruleSnippets(rules: readonly PlacedRule[]): Snippets {
  return {
    az: rules.map(azOf).join('\n'),
    bicep: rules.map(bicepOf).join('\n\n'),
    terraform: rules.map(terraformOf).join('\n\n'),
  };
}

/**
 * One word of a POSIX shell, whatever it holds.
 * Source: pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html (2.2.2)
 */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) && !text.startsWith('-')
    ? text
    : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Source: learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings */
export function bicepString(text: string): string {
  const escaped = text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll("'", String.raw`\'`)
    .replaceAll('${', () => String.raw`\${`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\t', String.raw`\t`);
  return `'${escaped}'`;
}

/**
 * Source: developer.hashicorp.com/terraform/language/expressions/strings. A dollar in a replacement
 * text has a meaning of its own, in a replacement function it has none.
 */
export function terraformString(text: string): string {
  const escaped = text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', '%%{')
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\t', String.raw`\t`);
  return `"${escaped}"`;
}

/** Source: learn.microsoft.com/cli/azure/network/nsg/rule#az-network-nsg-rule-create */
function azOf({ groupId, rule, description }: PlacedRule): string {
  const written = propertiesOf(rule, description);
  const many = (one: string | undefined, all: readonly string[] | undefined): string =>
    (all ?? [one ?? '*']).map(shellWord).join(' ');
  return [
    'az network nsg rule create',
    `--subscription ${shellWord(subscriptionIdOf(groupId) ?? '')}`,
    `--resource-group ${shellWord(resourceGroupOf(groupId) ?? '')}`,
    `--nsg-name ${shellWord(nameOf(groupId))}`,
    `--name ${shellWord(rule.name)}`,
    `--priority ${rule.priority}`,
    `--direction ${rule.direction}`,
    `--access ${rule.access}`,
    `--protocol ${shellWord(rule.protocol)}`,
    `--source-address-prefixes ${many(written.sourceAddressPrefix, written.sourceAddressPrefixes)}`,
    `--source-port-ranges ${many(written.sourcePortRange, written.sourcePortRanges)}`,
    `--destination-address-prefixes ${many(written.destinationAddressPrefix, written.destinationAddressPrefixes)}`,
    `--destination-port-ranges ${many(written.destinationPortRange, written.destinationPortRanges)}`,
    `--description ${shellWord(description)}`,
  ].join(' \\\n  ');
}

function bicepOf({ groupId, rule, description }: PlacedRule): string {
  const symbol = identifierOf(rule.name);
  const properties = Object.entries(propertiesOf(rule, description)).map(
    ([key, value]) => `    ${key}: ${bicepValue(value)}`,
  );
  return [
    `// in resource group ${bicepString(resourceGroupOf(groupId) ?? '')}`,
    `resource ${symbol} 'Microsoft.Network/networkSecurityGroups/securityRules@${networkApiVersion}' = {`,
    `  name: ${bicepString(`${nameOf(groupId)}/${rule.name}`)}`,
    '  properties: {',
    ...properties,
    '  }',
    '}',
  ].join('\n');
}

function bicepValue(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value)) return bicepString(String(value));
  return `[\n${value.map((one) => `      ${bicepString(String(one))}\n`).join('')}    ]`;
}

/** Source: registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/network_security_rule */
function terraformOf({ groupId, rule, description }: PlacedRule): string {
  const written = propertiesOf(rule, description);
  const members: readonly (readonly [string, unknown])[] = [
    ['name', rule.name],
    ['resource_group_name', resourceGroupOf(groupId) ?? ''],
    ['network_security_group_name', nameOf(groupId)],
    ...Object.entries(written).map(([key, value]) => [snakeCase(key), value] as const),
  ];
  const width = Math.max(...members.map(([key]) => key.length));
  return [
    `resource "azurerm_network_security_rule" ${terraformString(identifierOf(rule.name))} {`,
    ...members.map(([key, value]) => `  ${key.padEnd(width)} = ${terraformValue(value)}`),
    '}',
  ].join('\n');
}

function terraformValue(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value)) return terraformString(String(value));
  return `[${value.map((one) => terraformString(String(one))).join(', ')}]`;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A name that both languages take for a symbol. */
function identifierOf(name: string): string {
  return name.replaceAll(/\W/g, '_');
}
