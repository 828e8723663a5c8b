import type { Json } from '../facts/rows/lenient.ts';

/** A security rule as Azure Resource Manager takes it, or what of it is known only after apply. */
export type ToldRule =
  | { readonly kind: 'told'; readonly rule: Json }
  | { readonly kind: 'unknown'; readonly unknown: string };

/** Members of one value, by the names that Terraform and Azure give them. */
const single = [
  ['description', 'description'],
  ['priority', 'priority'],
  ['direction', 'direction'],
  ['access', 'access'],
  ['protocol', 'protocol'],
  ['source_port_range', 'sourcePortRange'],
  ['destination_port_range', 'destinationPortRange'],
] as const;
const several = [
  ['source_port_ranges', 'sourcePortRanges'],
  ['destination_port_ranges', 'destinationPortRanges'],
] as const;
const sides = [
  ['source', 'source'],
  ['destination', 'destination'],
] as const;

/** As an address this may be anything: it is read as one that nobody understands. */
const knownAfterApply = '[known after apply]';

/**
 * The rule of a block `security_rule` or of an `azurerm_network_security_rule`. `unknown` marks what
 * Terraform learns only while applying: an address then may be anything, of another member nothing
 * can be told. What is not given Terraform writes as null, as an empty text or as an empty list.
 * Source: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/network_security_rule
 */
export function securityRuleOf(values: Json, unknown: Json): ToldRule {
  const { name } = values;
  const open = ['name', ...[...single, ...several].map(([from]) => from)].find(
    (member) => member !== 'description' && isMarked(unknown[member]),
  );
  if (open !== undefined) return { kind: 'unknown', unknown: open };
  if (typeof name !== 'string') return { kind: 'unknown', unknown: 'name' };
  const properties = Object.fromEntries([
    ...[...single, ...several].flatMap(([from, to]) => given(to, values[from])),
    ...sides.flatMap(([from, to]) => side(from, to, values, unknown)),
  ]);
  return { kind: 'told', rule: { name, properties } };
}

function side(
  from: (typeof sides)[number][0],
  to: string,
  values: Json,
  unknown: Json,
): readonly (readonly [string, unknown])[] {
  const [one, many] = [`${from}_address_prefix`, `${from}_address_prefixes`];
  const groups = `${from}_application_security_group_ids`;
  const ids = values[groups];
  const isOpen = [one, many, groups].some((member) => isMarked(unknown[member]));
  return isOpen
    ? [[`${to}AddressPrefix`, knownAfterApply]]
    : [
        ...given(`${to}AddressPrefix`, values[one]),
        ...given(`${to}AddressPrefixes`, values[many]),
        ...given(
          `${to}ApplicationSecurityGroups`,
          Array.isArray(ids) ? ids.map((id: unknown) => ({ id })) : undefined,
        ),
      ];
}

function given(key: string, value: unknown): readonly (readonly [string, unknown])[] {
  const isAbsent =
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0);
  return isAbsent ? [] : [[key, value]];
}

function isMarked(mark: unknown): boolean {
  return mark === true || (Array.isArray(mark) && mark.some(isMarked));
}
