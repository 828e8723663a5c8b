import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LiveSource } from '../shared/reports/scan.ts';
import type { Arguments, Flag } from './arguments.ts';
import type { World } from './world.ts';

/** Which Azure to speak to. */
export const cloudFlag: Flag = {
  name: 'cloud',
  value: 'public|usgov|china|<file>',
  says: 'Which Azure to read, or a JSON file { arm, graph, authority, ca } that describes another. Default: the environment variable PORTCULLIS_CLOUD, else public.',
};

/** The tenant that flags and environment mean. */
export function liveSource(args: Arguments, { env, folder }: World): LiveSource {
  const cloud = args.text('cloud') ?? env['PORTCULLIS_CLOUD'] ?? 'public';
  const file = resolve(folder, cloud);
  const clientId = env['PORTCULLIS_READER_CLIENT_ID'];
  return {
    kind: 'live',
    cloud: existsSync(file) ? file : cloud,
    ...(clientId === undefined || clientId === '' ? {} : { clientId }),
  };
}
