import type { Plan } from '../api/api-types.ts';
import { nameOf } from '../wording/resource-ids.ts';

type PlannedChange = Plan['changes'][number];

/** A security rule that a plan writes or removes. */
export interface PlannedRule {
  readonly act: 'add' | 'remove';
  readonly group: string;
  readonly name: string;
  readonly priority: number | null;
  readonly direction: string;
  readonly access: string;
  readonly protocol: string;
  readonly sources: readonly string[];
  readonly sourcePorts: readonly string[];
  readonly destinations: readonly string[];
  readonly destinationPorts: readonly string[];
}

/** The security rule of a change; undefined for a change of something else. */
export function plannedRule({ method, url, body }: PlannedChange): PlannedRule | undefined {
  const [path = ''] = url.split('?');
  const [, group, name] =
    /^(.*\/networksecuritygroups\/[^/]+)\/securityrules\/([^/]+)$/i.exec(path) ?? [];
  if (group === undefined || name === undefined) return undefined;
  const properties = membersOf(body?.['properties']);
  const text = (key: string): string => {
    const value = properties[key];
    return typeof value === 'string' ? value : '';
  };
  const many = (one: string, all: string): readonly string[] => {
    const listed = properties[all];
    if (Array.isArray(listed) && listed.length > 0) return listed.map(String);
    return text(one) === '' ? [] : [text(one)];
  };
  return {
    act: method === 'PUT' ? 'add' : 'remove',
    group: nameOf(group),
    name: decodeURIComponent(name),
    priority: typeof properties['priority'] === 'number' ? properties['priority'] : null,
    direction: text('direction'),
    access: text('access'),
    protocol: text('protocol'),
    sources: many('sourceAddressPrefix', 'sourceAddressPrefixes'),
    sourcePorts: many('sourcePortRange', 'sourcePortRanges'),
    destinations: many('destinationAddressPrefix', 'destinationAddressPrefixes'),
    destinationPorts: many('destinationPortRange', 'destinationPortRanges'),
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
