import { type Answer, type Call, failure, ok, parameter } from '../http/wire.ts';

/** One page of a list, with the link to the next; a link that nobody was given is refused. */
export function listPage(
  call: Call,
  items: readonly unknown[],
  pageSize: number,
  linkName: 'nextLink' | '@odata.nextLink' = 'nextLink',
  envelope: Readonly<Record<string, unknown>> = {},
): Answer {
  const token = parameter(call.query, '$skiptoken');
  const start = token === undefined ? 0 : offsetIn(token);
  const asked = Number(parameter(call.query, '$top') ?? pageSize);
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, pageSize) : pageSize;
  if (start === undefined) {
    return failure(400, 'InvalidSkipToken', `The skip token '${token}' is not valid.`);
  }
  const end = start + size;
  const page = { ...envelope, value: items.slice(start, end) };
  return ok(end < items.length ? { ...page, [linkName]: linkTo(call, end) } : page);
}

function linkTo({ origin, path, query }: Call, offset: number): string {
  const next = new URLSearchParams(
    [...query].filter(([name]) => name.toLowerCase() !== '$skiptoken'),
  );
  next.set('$skiptoken', Buffer.from(`from ${offset}`).toString('base64url'));
  return `${origin}${path}?${next.toString()}`;
}

function offsetIn(token: string): number | undefined {
  const [, offset] = /^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return offset === undefined ? undefined : Number(offset);
}
