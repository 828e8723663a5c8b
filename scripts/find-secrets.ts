import { createHash } from 'node:crypto';
import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';

/** Something that looks like a secret. */
export interface FoundSecret {
  readonly kind: string;
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** Of what was found, so that it can be named without being repeated. */
  readonly hash: string;
}

/**
 * What Azure's secrets look like, which the recommended rules leave out, and whatever is assigned to a
 * word for secrets and has the disorder of one. Sources:
 * https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key and its neighbours.
 */
const patterns: Readonly<Record<string, RegExp>> = {
  // SHA-512, as lockfiles write it, has the same form.
  azureAccountKey: /(?<![A-Za-z0-9+/]|sha512-)[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])/g,
  azureSharedKey: /(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{20,}={0,2}/gi,
  azureSignature: /[?&;"']sig=[A-Za-z0-9%+/]{30,}={0,2}/gi,
  azureFunctionKey: /[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5}[AQgw]==/g,
  entraClientSecret: /(?<![\w~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![\w~.-])/g,
  jsonWebToken: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*/g,
  bearerToken: /\bBearer [A-Za-z0-9._~+/-]{30,}=*/g,
  privateKey: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}/g,
};
const assignment =
  /(?:secret|password|passwd|token|api_?key|credential)\w*["']?\s*[:=]\s*["'`]([A-Za-z0-9+/_.~=-]{20,})["'`]/gi;
/** In bits for each character: words of any language have less, random letters and digits more. */
const disorderOfSecrets = 3.5;

/** Everything in a text that looks like a secret. */
export async function secretsIn(path: string, text: string): Promise<readonly FoundSecret[]> {
  const found = (kind: string, what: string, at: number): FoundSecret => ({
    kind,
    path,
    line: text.slice(0, at).split('\n').length,
    hash: createHash('sha256').update(what).digest('hex').slice(0, 16),
  });
  const own = Object.entries(patterns).flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)].map((match) => found(kind, match[0], match.index)),
  );
  const assigned = [...text.matchAll(assignment)].flatMap((match) => {
    const [, value = ''] = match;
    return isMixed(value) && disorderOf(value) >= disorderOfSecrets
      ? [found('assignment', value, match.index)]
      : [];
  });
  const { messages } = await lintSource({
    source: { filePath: `/${path}`, content: text, contentType: 'text', ext: '' },
    options: { config: { rules: [{ id: recommended.meta.id, rule: recommended }] } },
  });
  const linted = messages.map(({ ruleId, range: [from, to] }) =>
    found(ruleId.replace(/^.*secretlint-rule-/, ''), text.slice(from, to), from),
  );
  return [...own, ...assigned, ...linted];
}

/** Names of things have few digits, or one kind of letters. */
function isMixed(value: string): boolean {
  const digits = value.match(/\d/g)?.length ?? 0;
  return digits > 3 || (digits > 0 && /[a-z]/.test(value) && /[A-Z]/.test(value));
}

/** Shannon's entropy of the characters, in bits. */
function disorderOf(value: string): number {
  const counts = [...Map.groupBy(value, (character) => character).values()];
  return counts.reduce((sum, { length }) => {
    const share = length / value.length;
    return sum - share * Math.log2(share);
  }, 0);
}
