import { createHash } from 'node:crypto';

/** A strong ETag: another one if and only if the text is another. */
export function etagOf(pieces: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return `"${hash.digest('base64url')}"`;
}

/**
 * Whether the caller has it already: `header` is If-None-Match. Weak comparison, as RFC 9110 §13.1.2
 * wants it.
 */
export function isKnown(etag: string, header: string | null): boolean {
  const known = (header ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
