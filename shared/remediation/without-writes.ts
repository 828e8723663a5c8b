import { type ResourceId, parentOf, resourceId } from '../model/resource-id.ts';
import type { Gap, Row } from '../ports.ts';
import type { ArmWrite } from './arm-write.ts';
import { canonical } from './plan.ts';

type Properties = Readonly<Record<string, unknown>>;

/** The id of what a request writes or removes. */
export function idIn({ url }: ArmWrite): ResourceId {
  const [path = ''] = url.split('?');
  return resourceId(path);
}

/** What a request goes into: a rule's network security group, or the scope of a role assignment. */
export function targetOf(request: ArmWrite): ResourceId {
  const id = idIn(request);
  const assignment = id.indexOf('/providers/microsoft.authorization/roleassignments/');
  return assignment < 0 ? parentOf(id) : resourceId(id.slice(0, assignment));
}

/** Whether these properties hold all that a request writes; Azure adds members of its own. */
export function holdsAll(found: Properties, { body }: ArmWrite): boolean {
  return Object.entries(propertiesIn(body ?? {})).every(
    ([key, value]) => comparable(found[key]) === comparable(value),
  );
}

/**
 * What was read, as it would be without what these requests wrote. What is there under their names
 * and is not just what they wrote stays.
 */
export function withoutWrites(
  items: readonly (Row | Gap)[],
  writes: readonly ArmWrite[],
): readonly (Row | Gap)[] {
  const written = new Map(writes.map((write) => [idIn(write), write]));
  const groups = new Set([...written.keys()].map(parentOf));
  return items.flatMap((item): readonly (Row | Gap)[] => {
    if (item.kind === 'gap') return [item];
    const own = written.get(item.id);
    if (own !== undefined && holdsAll(propertiesIn(item.body), own)) return [];
    return groups.has(item.id) ? [withoutRules(item, written)] : [item];
  });
}

function withoutRules(row: Row, written: ReadonlyMap<ResourceId, ArmWrite>): Row {
  const properties = propertiesIn(row.body);
  const rules: unknown = properties['securityRules'];
  if (!Array.isArray(rules)) return row;
  const isWritten = (rule: unknown): boolean => {
    if (!isObject(rule)) return false;
    const own = written.get(resourceId(`${row.id}/securityrules/${String(rule['name'])}`));
    return own !== undefined && holdsAll(propertiesIn(rule), own);
  };
  const others = rules.filter((rule) => !isWritten(rule));
  if (others.length === rules.length) return row;
  return { ...row, body: { ...row.body, properties: { ...properties, securityRules: others } } };
}

function propertiesIn(body: Properties): Properties {
  const properties = body['properties'];
  return isObject(properties) ? properties : {};
}

function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Ids come back in whatever casing Azure likes. */
function comparable(value: unknown): string {
  return canonical(value ?? null).toLowerCase();
}
