/** The claims of an access token, unverified; none where it cannot be read. */
export function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload] = token.split('.');
  if (payload === undefined) return {};
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    // Opaque tokens are lawful; then nothing is known of their holder.
    return {};
  }
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The application that a token was given to; undefined where it does not say. */
export function clientIdIn(token: string): string | undefined {
  const { appid, azp } = payloadOf(token);
  return textIn(appid) ?? textIn(azp);
}
