/** An estate's rows as Azure would hold them after a plan's requests: its own reading of the requests. */
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';

type Row = Readonly<Record<string, unknown>>;

/** The rows after a request; rows that it does not concern are the same objects. */
export function afterWrite(rows: readonly object[], { method, url, body }: ArmWrite): object[] {
  const [path = ''] = url.split('?');
  const rule = /^(.*\/networksecuritygroups\/[^/]+)\/securityrules\/([^/]+)$/i.exec(path);
  if (rule !== null) {
    const [, groupId = '', name = ''] = rule;
    return rows.map((row) =>
      idOf(row) === groupId.toLowerCase() ? withRule(row as Row, { method, name, body }) : row,
    );
  }
  if (!/\/roleassignments\/[^/]+$/i.test(path)) throw new RangeError(`no such resource: ${path}`);
  const others = rows.filter((row) => idOf(row) !== path.toLowerCase());
  if (method === 'DELETE') return others;
  const scope = path.slice(0, path.toLowerCase().indexOf('/providers/microsoft.authorization/'));
  const type = 'Microsoft.Authorization/roleAssignments';
  const properties = { ...(body?.['properties'] as Row), scope };
  return [...others, { id: path, name: path.split('/').at(-1), type, properties }];
}

function idOf(row: object): string {
  return String(Reflect.get(row, 'id') ?? '').toLowerCase();
}

function withRule(
  row: Row,
  {
    method,
    name,
    body,
  }: { readonly name: string; readonly method: string; readonly body: unknown },
): Row {
  const properties = row['properties'] as {
    readonly securityRules?: readonly { readonly name: string }[];
  };
  const others = (properties.securityRules ?? []).filter((one) => one.name !== name);
  const own = method === 'DELETE' ? [] : [{ name, ...(body as Row) }];
  return { ...row, properties: { ...properties, securityRules: [...others, ...own] } };
}
