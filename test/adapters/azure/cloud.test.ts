import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudNamed } from '../../../shared/adapters/azure/cloud.ts';
import { UsageError } from '../../../shared/settings/usage-error.ts';
import { temporaryFolder } from '../../cli/made-up-world.ts';

const hosts = {
  arm: 'https://localhost:1/',
  graph: 'https://localhost:2',
  authority: 'https://localhost:3',
};

async function cloudFile(content: unknown): Promise<string> {
  const path = join(await temporaryFolder(), 'cloud.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('a cloud', () => {
  it.each([
    ['public', 'https://management.azure.com'],
    ['USGov', 'https://management.usgovcloudapi.net'],
    ['china', 'https://management.chinacloudapi.cn'],
  ])('%s is known by name', (name, arm) => {
    expect(cloudNamed(name)).toMatchObject({ arm });
  });

  it('is read from a file, slashes at the ends dropped', async () => {
    const path = await cloudFile({ ...hosts, ca: '-----BEGIN CERTIFICATE-----\n' });
    expect(cloudNamed(path)).toEqual({
      name: path,
      ...hosts,
      arm: 'https://localhost:1',
      ca: '-----BEGIN CERTIFICATE-----\n',
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /cannot be read/],
    [
      'a host without https',
      { ...hosts, arm: 'http://localhost:1' },
      /arm: must be an https address/,
    ],
    ['a missing host', { arm: hosts.arm, graph: hosts.graph }, /authority/],
    ['a member that is none', { ...hosts, armm: 'x' }, /armm/],
    ['a certificate that is a path', { ...hosts, ca: '/etc/ca.pem' }, /ca: must be a certificate/],
  ])('is refused with %s', async (_, content, says) => {
    const path = await cloudFile(content);
    expect(() => cloudNamed(path)).toThrow(UsageError);
    expect(() => cloudNamed(path)).toThrow(says);
  });

  it.each(['constructor', 'toString', 'nowhere'])(
    '"%s" is refused, and those known are named',
    (name) => {
      expect(() => cloudNamed(name)).toThrow(/none of public, usgov, china/);
    },
  );
});
