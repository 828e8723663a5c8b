import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { Arguments, Flag } from './arguments.ts';
import type { World } from './world.ts';

/** What the network around a security group is; the same flags for every verb of the group `nsg`. */
export const surroundingsFlags: readonly Flag[] = [
  {
    name: 'vnet',
    value: '<cidr>',
    repeatable: true,
    says: 'The whole address space of the VirtualNetwork tag; the host address 168.63.129.16 is added. Without it the tag is unresolved.',
  },
  {
    name: 'service-tags',
    value: '<file>',
    says: 'The response of the service tag list. Without it service tags are unresolved.',
  },
];

/** How an answer is printed; the same for every verb of the group `nsg`. */
export const printingFlags: readonly Flag[] = [
  {
    name: 'format',
    value: 'table|json',
    oneOf: ['table', 'json'],
    fallback: 'table',
    says: 'How to print the answer.',
  },
  { name: 'no-color', says: 'No colours; the environment variable NO_COLOR does the same.' },
];

/** The address space that was given, however it was split into flags. */
export function vnetOf(args: Arguments): readonly string[] {
  return args.list('vnet').flatMap((text) => text.split(',').map((part) => part.trim()));
}

/** The JSON of the file that a flag names, null where it was not given. */
export async function jsonOfFlag(args: Arguments, flag: string, world: World): Promise<unknown> {
  const path = args.text(flag);
  return path === undefined ? null : jsonOf(`--${flag}`, path, world);
}

/**
 * The JSON of a file; `what` names it in errors.
 * @throws UsageError where there is no such file, or no JSON in it.
 */
export async function jsonOf(what: string, path: string, world: World): Promise<unknown> {
  const full = resolve(world.folder, path);
  const bytes = await readFile(full).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new UsageError([`${what} ${full}: ${why}`]);
  });
  // Windows PowerShell writes what it redirects as UTF-16.
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError([`${what} ${full}: this is no JSON: ${String(error)}`]);
  }
}

/** Bad input of the question is the asker's to put right; anything else is a defect and propagates. */
export function asked<T>(answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError([error.message]);
    throw error;
  }
}

/** What would resolve more of the names in the rules, as far as it was not given. */
export function absentSurroundings(args: Arguments): readonly string[] {
  const absent = [
    ['vnet', '--vnet <cidr> resolves VirtualNetwork'],
    ['service-tags', '--service-tags <file> resolves service tags'],
  ] as const;
  return absent.filter(([flag]) => !args.has(flag)).map(([, says]) => says);
}
