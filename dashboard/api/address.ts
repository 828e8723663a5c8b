/** Values of the parameters of an address, as the types of the API have them. */
export interface Parameters {
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
}

const root = '/dashboard/api';

/**
 * The address of a resource: `/clusters/{key}` with its parameters filled in. Lists are joined by
 * commas; parameters that are undefined or empty lists are left out.
 */
export function addressOf(path: string, { path: segments = {}, query = {} }: Parameters): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(segments[name] ?? ''),
  );
  const search = Object.entries(query).flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value.map(encode).join(',') : encode(value ?? '');
    return text === '' ? [] : [`${encodeURIComponent(name)}=${text}`];
  });
  return `${root}${filled}${search.length === 0 ? '' : `?${search.join('&')}`}`;
}

function encode(value: unknown): string {
  return encodeURIComponent(String(value));
}
