/** What the page shows, by its address. */
export type Route =
  | { readonly view: 'overview' }
  | { readonly view: 'clusters' }
  | { readonly view: 'cluster'; readonly key: string }
  | { readonly view: 'findings' }
  | { readonly view: 'finding'; readonly fingerprint: string }
  | { readonly view: 'alerts' }
  | { readonly view: 'remediations' }
  | { readonly view: 'remediation'; readonly id: string }
  | { readonly view: 'scans' }
  | { readonly view: 'scan'; readonly scanId: string }
  | { readonly view: 'checks' }
  | { readonly view: 'check'; readonly checkId: string }
  | { readonly view: 'what-if' }
  | { readonly view: 'settings' }
  | { readonly view: 'nowhere'; readonly path: string };

/** Where the page lives. */
const root = '/dashboard/';

const lists = [
  'clusters',
  'findings',
  'alerts',
  'remediations',
  'scans',
  'checks',
  'what-if',
  'settings',
] as const;

/** What a path stands for. */
export function routeOf(path: string): Route {
  const [first = '', second = '', ...others] = path
    .slice(root.length)
    .replace(/\/$/, '')
    .split('/')
    .map(decoded);
  if (others.length > 0 || !path.startsWith(root)) return { view: 'nowhere', path };
  if (second !== '') return detailOf(first, second) ?? { view: 'nowhere', path };
  if (first === '') return { view: 'overview' };
  const view = lists.find((list) => list === first);
  return view === undefined ? { view: 'nowhere', path } : { view };
}

function detailOf(list: string, name: string): Route | undefined {
  switch (list) {
    case 'clusters':
      return { view: 'cluster', key: name };
    case 'findings':
      return { view: 'finding', fingerprint: name };
    case 'remediations':
      return { view: 'remediation', id: name };
    case 'scans':
      return { view: 'scan', scanId: name };
    case 'checks':
      return { view: 'check', checkId: name };
    default:
      return undefined;
  }
}

/** The path of a list, or of one thing in it. */
export function pathTo(list: (typeof lists)[number] | '', name?: string): string {
  return `${root}${list}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
