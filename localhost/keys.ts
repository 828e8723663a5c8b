import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key that nobody can guess: 128 bits, as text that an address may hold. */
export function randomKey(): string {
  return randomBytes(16).toString('base64url');
}

/** Takes as long for a near miss as for any other. */
export function isSame(given: string, key: string): boolean {
  return timingSafeEqual(digest(given), digest(key));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
