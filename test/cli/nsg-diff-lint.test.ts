import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writtenGroup } from '../network/written-group.ts';
import { portcullis, temporaryFolder } from './made-up-world.ts';

const office = {
  name: 'Office',
  at: 100,
  does: 'Allow',
  from: '203.0.113.0/24',
  port: '443',
} as const;
const twin = { ...office, name: 'Twin', at: 200 } as const;
const files = {
  'one.json': writtenGroup('nsg', office),
  'two.json': writtenGroup('nsg', { ...office, from: '203.0.113.0/25' }),
  'twins.json': writtenGroup('nsg', office, twin),
  'tagged.json': writtenGroup('nsg', { ...office, from: 'ApiManagement' }),
  'tags.json': {
    values: [{ name: 'ApiManagement', properties: { addressPrefixes: ['203.0.113.0/24'] } }],
  },
  'wrong.json': { name: 'nsg', properties: {} },
  'torn.json': '{"name": "nsg"',
};

async function run(...argv: readonly string[]) {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(folder, name), text);
  }
  return portcullis(['nsg', ...argv], { folder });
}

describe('nsg diff', () => {
  test('as JSON has the fixed members', async () => {
    const resolved = ['--vnet', '10.0.0.0/16', '--format', 'json'];
    const { code, out } = await run('diff', 'one.json', 'two.json', ...resolved);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      equivalent: false,
      inbound: {
        newlyAllowed: [],
        newlyDenied: [
          {
            protocols: ['Tcp'],
            sources: ['203.0.113.128/25'],
            sourcePorts: ['0-65535'],
            destinations: ['0.0.0.0/0'],
            destinationPorts: ['443'],
          },
        ],
      },
      outbound: { newlyAllowed: [], newlyDenied: [] },
    });
  });

  test('for people tells verdict, rules, packets and an example', async () => {
    const { code, out } = await run('diff', 'one.json', 'two.json', '--vnet', '10.0.0.0/16');
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'DIFFERENT  some packets are let through by one of them only',
        '',
        'Rules that only one has',
        '  - Inbound   100  Allow  Office',
        '  + Inbound   100  Allow  Office',
        '',
        'Inbound, newly denied',
        '  for instance 203.0.113.129:49152 → 1.0.0.1:443 Tcp',
        '  - Tcp: 203.0.113.128/25 → any, port 443',
        '',
      ].join('\n'),
    );
  });

  test('says that nothing changes', async () => {
    const { out } = await run('diff', 'one.json', 'twins.json');
    expect(out).toMatch(/^EQUIVALENT {2}both let exactly the same packets through\n/);
  });

  test('says what its uncertainty depends on, and how to end it', async () => {
    const argv = ['diff', 'one.json', 'tagged.json', '--vnet', '10.0.0.0/16'];
    const { out } = await run(...argv);
    expect(out).toContain('Inbound, perhaps newly denied');
    expect(out).toContain('Depends on service tag ApiManagement\n');
    expect(out).toContain('--service-tags <file> resolves');
    const resolved = await run(...argv, '--service-tags', 'tags.json');
    expect(resolved.out).toMatch(/^EQUIVALENT/);
  });

  test.each<[readonly string[], string]>([
    [['one.json'], '<after> must be given'],
    [[], '<before> and <after> must be given'],
    [
      ['one.json', 'two.json', 'twins.json'],
      '"twins.json" is not expected here; portcullis nsg diff takes <before> <after> and flags only',
    ],
    [['one.json', 'none.json'], 'none.json: there is no such file'],
    [['torn.json', 'two.json'], 'torn.json: this is no JSON'],
    [['one.json', 'wrong.json'], 'after: network security group "nsg": securityRules is absent'],
    [['one.json', 'two.json', '--vnet', 'ten'], 'vnet: Not an address, prefix or range: "ten"'],
  ])('%j is refused with 2', async (argv, says) => {
    const { code, out, err } = await run('diff', ...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
  });
});

describe('nsg lint', () => {
  test('as JSON is a list of rows with the fixed members', async () => {
    const { code, out } = await run('lint', 'twins.json', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      { rule: 'Twin', kind: 'shadowed', by: ['Office'], says: expect.stringContaining('Never') },
    ]);
  });

  test('for people gives each rule its line and the reason below', async () => {
    const { code, out } = await run('lint', 'twins.json', '--vnet', '10.0.0.0/16');
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'shadowed  Inbound   200  Twin',
        '  Never decides a packet: Office (100) matches all of its packets first, and',
        '  alike; for instance 203.0.113.1:49152 → 1.0.0.1:443 Tcp is allowed by Office.',
        '',
        '1 finding',
        '',
      ].join('\n'),
    );
  });

  test('says that there is nothing', async () => {
    const [text, json] = [
      await run('lint', 'one.json'),
      await run('lint', 'one.json', '--format=json'),
    ];
    expect(text).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing odd/) });
    expect(JSON.parse(json.out)).toEqual([]);
  });

  test('refuses what is no group', async () => {
    const { code, err } = await run('lint', 'wrong.json');
    expect(code).toBe(2);
    expect(err).toContain('nsg: network security group "nsg": securityRules is absent');
  });
});
