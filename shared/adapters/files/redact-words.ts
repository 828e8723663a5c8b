import { createHmac, randomBytes } from 'node:crypto';
import { builtInRoles } from '../../access/built-in-roles.ts';
import { defaultRules } from '../../network/default-rules.ts';
import { AddressRedaction } from './redact-addresses.ts';

const guid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi;
const wholeGuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const everyone = '00000000-0000-0000-0000-000000000000';

/** Names that mean something to Azure. */
const keptNames: ReadonlySet<string> = new Set(
  [
    'azurebastionsubnet',
    'azurefirewallsubnet',
    'default',
    'gatewaysubnet',
    'routeserversubnet',
    ...defaultRules.map(({ name }) => name),
    ...[...builtInRoles.values()].map(({ roleName }) => roleName),
  ].map((name) => name.toLowerCase()),
);

/** Endings of host names that are Azure's. */
const keptDomains = [
  'azurecr.io',
  'cloudapp.azure.com',
  'azmk8s.io',
  'inference.ml.azure.com',
  'azurecr.us',
  'azurecr.cn',
];

/** Replaces names, ids and addresses by others: the same one by the same one, for one key. */
export class Redaction {
  readonly addresses: AddressRedaction;
  readonly #key: Uint8Array;

  /** With a random key, which nobody keeps: what it replaced cannot be told afterwards. */
  static withNewKey(): Redaction {
    return new Redaction(randomBytes(32));
  }

  constructor(key: Uint8Array) {
    this.#key = key;
    this.addresses = new AddressRedaction(key);
  }

  /** A name, compared without regard to case as Azure does; GUIDs stay GUIDs. */
  name(text: string): string {
    const lower = text.trim().toLowerCase();
    if (lower === '' || keptNames.has(lower) || /^\d+$/.test(lower)) return text;
    return wholeGuid.test(lower) ? this.guid(lower) : `x${this.#hash('name', lower).slice(0, 12)}`;
  }

  /** Roles that Microsoft made, and everyone, stay. */
  guid(text: string): string {
    const lower = text.toLowerCase();
    if (lower === everyone || builtInRoles.has(lower)) return text;
    const hex = this.#hash('guid', lower);
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `8${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join('-');
  }

  /** A resource id: its types stay, its names do not. */
  id(text: string): string {
    const parts = text.trim().split('/');
    let at = 0;
    const out: string[] = [];
    while (at < parts.length) {
      const [part = '', next] = parts.slice(at, at + 2);
      const kind = part.toLowerCase();
      if (part === '') {
        out.push('');
        at += 1;
      } else if (kind === 'providers') {
        // The namespace is Azure's.
        out.push(part, ...(next === undefined ? [] : [next]));
        at += 2;
      } else {
        const kept = kind === 'locations';
        out.push(part, ...(next === undefined ? [] : [kept ? next : this.name(next)]));
        at += 2;
      }
    }
    return out.join('/');
  }

  /** A host: an address as an address, a name under Azure's domain or under none. */
  host(text: string): string {
    const bare = text.trim().replace(/\.$/, '').toLowerCase();
    const address = this.addresses.prefix(bare);
    if (address !== undefined) return address;
    const domain = keptDomains.find((one) => bare.endsWith(`.${one}`)) ?? 'example';
    return `${this.name(bare)}.${domain}`;
  }

  /** `https://host:443/path`: the scheme and the port stay. */
  uri(text: string): string {
    const found = /^(https?):\/\/(?:[^@/]*@)?(?:\[([^\]]+)\]|([^:/?#]+))(:\d+)?/i.exec(text);
    if (found === null) return '';
    const [, scheme = '', v6, host = '', port = ''] = found;
    return `${scheme}://${v6 === undefined ? this.host(host) : `[${this.host(v6)}]`}${port}/`;
  }

  /** `registry/repository:tag` */
  image(text: string): string {
    const [host = '', ...rest] = text.split('/');
    return rest.length === 0 ? this.name(text) : `${this.host(host)}/${this.name(rest.join('/'))}`;
  }

  /** One side of a rule: prefixes move, service tags and `*` stay. */
  sources(text: string): readonly string[] {
    const moved = this.addresses.prefixes(text);
    if (moved !== undefined) return moved;
    if (text.startsWith('/')) return [this.id(text)];
    // Azure takes nothing else here than the name of a service tag.
    return [/^(?:\*|[a-z]\w*(?:\.\w+)*)$/i.test(text.trim()) ? text : 'not-an-address'];
  }

  /** A condition of a role: what it says of actions stays, what it compares with does not. */
  condition(text: string): string {
    return text
      .replaceAll(guid, (one) => this.guid(one))
      .replaceAll(/'([^']*)'/g, (quoted, inside: string) =>
        /^[\w.*]+(?:\/[\w.*-]+)+$/.test(inside) || wholeGuid.test(inside)
          ? quoted
          : `'${this.name(inside)}'`,
      );
  }

  #hash(kind: string, text: string): string {
    return createHmac('sha256', this.#key).update(`${kind} ${text}`).digest('hex');
  }
}
