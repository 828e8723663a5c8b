import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { EstateSource } from '../simulator/estate/read-estate.ts';
import type { Simulator } from '../simulator/start-simulator.ts';
import type { Arguments, Verb } from './arguments.ts';
import type { Services, World } from './world.ts';

export const simulateVerb: Verb = {
  name: 'simulate',
  summary: 'Starts an Azure on this machine that holds an estate, until it is stopped.',
  usage: 'portcullis simulate --estate <path> | --demo | --clusters <n> [flags]',
  flags: [
    {
      name: 'estate',
      value: '<path>',
      says: 'Hold the rows of this file or folder.',
    },
    { name: 'demo', says: 'Hold the estate that comes with the command.' },
    { name: 'clusters', value: '<n>', says: 'Hold a generated estate of so many clusters.' },
    {
      name: 'seed',
      value: '<n>',
      fallback: '1',
      says: 'Which generated estate: the same for the same seed.',
    },
    {
      name: 'port',
      value: '<n>',
      says: 'Listen here for HTTPS; without it, on any free port. HTTP is always on a free one.',
    },
    {
      name: 'cloud-file',
      value: '<file>',
      says: 'Write here what PORTCULLIS_CLOUD takes: where the simulator is and the certificate to trust.',
    },
  ],
  notes: [
    'It speaks the protocols of Resource Manager, Resource Graph, Microsoft Graph and Entra ID, listens on 127.0.0.1 only, and changes nothing anywhere. What it answers and what it does not stands in docs/simulator.md.',
  ],
  examples: [
    {
      command: 'portcullis simulate --demo --cloud-file cloud.json',
      says: 'An Azure to try things on; how to sign in is printed',
    },
    {
      command: 'portcullis simulate --clusters 1000 --seed 7 --port 8443',
      says: 'A large one, the same every time',
    },
  ],
};

/** Runs a simulator until it is stopped; the exit code. Throws a `UsageError` for what cannot be. */
export async function simulate(args: Arguments, world: World, services: Services): Promise<number> {
  const source = sourceOf(args, world);
  const port = numberOf(args, 'port', 1, 65_535);
  const { readEstate, startSimulator } = await services.simulator();
  const rows = await readEstate(source);
  const simulator = await startSimulator({
    rows,
    ...(port === undefined ? {} : { ports: { https: port } }),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    throw new UsageError([`--port ${port ?? ''} cannot be listened on: ${error.message}`]);
  });
  const file = args.text('cloud-file');
  const path = file === undefined ? undefined : resolve(world.folder, file);
  try {
    if (path !== undefined) await writeCloudFile(path, simulator);
    await world.stderr.write(greeting(simulator, rows.length, path));
    await simulator.stopped;
  } finally {
    await simulator.stop();
  }
  return 0;
}

function sourceOf(args: Arguments, world: World): EstateSource {
  const given = ['estate', 'demo', 'clusters'].filter((name) => args.has(name));
  if (given.length !== 1) {
    throw new UsageError([
      given.length === 0
        ? 'say what the simulator is to hold: --estate <path>, --demo or --clusters <n>'
        : `${given.map((name) => `--${name}`).join(' and ')} exclude each other; give one of them`,
    ]);
  }
  const estate = args.text('estate');
  if (estate !== undefined) return { kind: 'files', path: resolve(world.folder, estate) };
  const clusters = numberOf(args, 'clusters', 1, 100_000);
  const seed = numberOf(args, 'seed', 0, 2 ** 31 - 1) ?? 1;
  return clusters === undefined ? { kind: 'demo' } : { kind: 'generated', clusters, seed };
}

function numberOf(args: Arguments, name: string, low: number, high: number): number | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw new UsageError([`--${name} "${text}" must be a whole number from ${low} to ${high}`]);
}

async function writeCloudFile(path: string, { cloud }: Simulator): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(cloud, null, 2)}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError([`--cloud-file ${path} cannot be written: ${why}`]);
  }
}

function greeting(
  { https, http, reader, remediator }: Simulator,
  rows: number,
  cloudFile: string | undefined,
): string {
  return [
    `holding ${rows} rows until stopped (Ctrl+C)`,
    `  ${https}`,
    `  ${http}`,
    '',
    'To sign in as the reader of the estate, and as who may put it right:',
    '',
    `  export AZURE_TENANT_ID=${reader.tenantId}`,
    `  export AZURE_CLIENT_ID=${reader.clientId}`,
    `  export AZURE_CLIENT_SECRET=${reader.clientSecret}`,
    `  export AZURE_AUTHORITY_HOST=${https}`,
    `  export PORTCULLIS_REMEDIATOR_CLIENT_ID=${remediator.clientId}`,
    `  export PORTCULLIS_REMEDIATOR_CLIENT_SECRET=${remediator.clientSecret}`,
    ...(cloudFile === undefined
      ? ['', '--cloud-file <file> writes what PORTCULLIS_CLOUD takes, with the certificate.']
      : [`  export PORTCULLIS_CLOUD=${shellQuoted(cloudFile)}`]),
    '',
  ].join('\n');
}

/** As a shell takes it for one word. */
function shellQuoted(text: string): string {
  return /^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
