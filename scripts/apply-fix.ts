/** The rows of an estate after an `az network nsg rule create`, told from the command's own words. */
export function withRule(rows: readonly object[], command: string): readonly object[] {
  const flag = (name: string): string =>
    new RegExp(`--${name} (.+?)(?= --|$)`).exec(command)?.[1] ?? '';
  const group = `/resourcegroups/${flag('resource-group')}/providers/microsoft.network/networksecuritygroups/${flag('nsg-name')}`;
  const rule = {
    name: flag('name'),
    properties: {
      priority: Number(flag('priority')),
      direction: flag('direction'),
      access: flag('access'),
      protocol: flag('protocol'),
      sourcePortRange: '*',
      sourceAddressPrefixes: flag('source-address-prefixes').split(' '),
      destinationAddressPrefixes: flag('destination-address-prefixes').split(' '),
      destinationPortRange: flag('destination-port-ranges'),
    },
  };
  const isMeant = (row: object): boolean => {
    const id: unknown = Reflect.get(row, 'id');
    return typeof id === 'string' && id.toLowerCase().endsWith(group);
  };
  if (rows.filter(isMeant).length !== 1) throw new Error(`no one group for: ${command}`);
  return rows.map((row) => {
    if (!isMeant(row)) return row;
    const properties: object = Reflect.get(row, 'properties');
    const rules: readonly object[] = Reflect.get(properties, 'securityRules');
    return { ...row, properties: { ...properties, securityRules: [...rules, rule] } };
  });
}
