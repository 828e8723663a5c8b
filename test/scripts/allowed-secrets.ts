import type { FoundSecret } from '../../scripts/find-secrets.ts';

/** What looks like a secret and is none, by its hash, where it is, and why it is none. */
export const allowedSecrets: readonly {
  readonly hash: string;
  readonly in: string;
  readonly reason: string;
}[] = [
  {
    hash: '0011cc25eb432071',
    in: 'dist/main.cjs',
    reason:
      "Azurite's key, which Microsoft publishes; @azure/storage-blob and its siblings name it",
  },
  {
    hash: '900e6c2bf8ce6c14',
    in: 'dist/main.cjs',
    reason: 'the same in a connection string',
  },
  {
    hash: '0011cc25eb432071',
    in: 'dist/main.cjs.map',
    reason:
      "Azurite's key, which Microsoft publishes; @azure/storage-blob and its siblings name it",
  },
  {
    hash: '900e6c2bf8ce6c14',
    in: 'dist/main.cjs.map',
    reason: 'the same in a connection string',
  },
  {
    hash: 'cb52e475b42e59b9',
    in: 'dist/telemetry.cjs.map',
    reason:
      'username:password in a comment of OpenTelemetry, on how it leaves them out of addresses',
  },
];

/** What of it is allowed nowhere, and what is allowed of `among` and not there any more. */
export function unexpectedIn(
  found: readonly FoundSecret[],
  among: (path: string) => boolean,
): readonly (FoundSecret | (typeof allowedSecrets)[number])[] {
  const isAllowed = ({ hash, path }: FoundSecret) =>
    allowedSecrets.some((each) => each.hash === hash && each.in === path);
  const stale = allowedSecrets.filter(
    (each) =>
      among(each.in) && !found.some(({ hash, path }) => each.hash === hash && each.in === path),
  );
  return [...found.filter((each) => !isAllowed(each)), ...stale];
}
