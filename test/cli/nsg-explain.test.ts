import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { portcullis, temporaryFolder } from './made-up-world.ts';

function nsg(name: string, access: string, priority = 100) {
  const properties = {
    priority,
    direction: 'Inbound',
    access,
    protocol: 'Tcp',
    sourceAddressPrefix: '203.0.113.0/25',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '443',
  };
  const id = `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/${name}`;
  return { id, name, properties: { securityRules: [{ name: `${access}-rule`, properties }] } };
}

const query = {
  direction: 'inbound',
  protocol: 'tcp',
  source: '203.0.113.0/25',
  sourcePort: 'any',
  destination: '20.1.2.3',
  port: '443',
};

const flags = [
  ['--direction', 'inbound', '--protocol', 'tcp', '--port', '443'],
  ['--source', '203.0.113.0/25', '--destination', '20.1.2.3'],
].flat();

async function filled(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(folder, name), text);
  }
  return folder;
}

describe('one question', () => {
  test('as JSON is the fixed form', async () => {
    const folder = await filled({ 'nsg.json': nsg('n1', 'Allow') });
    const argv = ['nsg', 'explain', '--nsg', 'nsg.json', ...flags, '--format', 'json'];
    const { code, out } = await portcullis(argv, { folder });
    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(Object.keys(answer)).toEqual([
      'verdict',
      'decidedBy',
      'witness',
      'allowed',
      'denied',
      'unknown',
    ]);
    expect(answer).toMatchObject({
      verdict: 'allowed',
      decidedBy: [{ nsg: 'n1', rule: 'Allow-rule', access: 'Allow', priority: 100 }],
      witness: { denied: null },
    });
  });

  test('for people names verdict, rule and an example', async () => {
    const folder = await filled({ 'nsg.json': nsg('n1', 'Allow') });
    const { code, out } = await portcullis(['nsg', 'explain', '--nsg', 'nsg.json', ...flags], {
      folder,
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^ALLOWED\n/);
    expect(out).toContain('\nSubnet n1: lets all of it pass\n  100  Allow  Allow-rule\n');
    expect(out).toContain('for instance 203.0.113.1:49152 → 20.1.2.3:443 Tcp');
  });

  test('takes every file and the whole address space', async () => {
    const folder = await filled({
      'nsg.json': nsg('n1', 'Allow'),
      'nic.json': nsg('n2', 'Deny'),
      'none.json': 'null',
    });
    const argv = ['nsg', 'explain', '--nsg', 'nsg.json', ...flags];
    const more = [
      '--admin-rules',
      'none.json',
      '--service-tags',
      'none.json',
      '--vnet',
      '10.0.0.0/8',
      '10.9.0.0/16,fd00::/8',
    ];
    expect((await portcullis([...argv, ...more], { folder })).out).toMatch(/^ALLOWED/);
    expect((await portcullis([...argv, ...more, '--nic-nsg', 'nic.json'], { folder })).out).toMatch(
      /^DENIED/,
    );
  });

  const adminRules = {
    value: [
      {
        name: 'Quarantine',
        properties: {
          priority: 10,
          direction: 'Inbound',
          access: 'Deny',
          protocol: 'Tcp',
          sources: [{ addressPrefix: '203.0.113.0/26', addressPrefixType: 'IPPrefix' }],
          sourcePortRanges: ['0-65535'],
          destinations: [{ addressPrefix: 'Office', addressPrefixType: 'ServiceTag' }],
          destinationPortRanges: ['443'],
        },
      },
    ],
  };
  const serviceTags = {
    values: [{ name: 'Office', properties: { addressPrefixes: ['20.1.2.0/24'] } }],
  };
  const passed = {
    'nsg.json': nsg('n1', 'Allow'),
    'nic.json': nsg('n2', 'Deny'),
    'admin.json': adminRules,
    'tags.json': serviceTags,
  };
  const everything =
    '--nsg nsg.json --nic-nsg nic.json --admin-rules admin.json --service-tags tags.json --vnet 10.0.0.0/8'.split(
      ' ',
    );

  test('shows each list that packets pass, in their order, and what it does', async () => {
    const folder = await filled(passed);
    const { out } = await portcullis(['nsg', 'explain', ...everything, ...flags], { folder });
    const start = [
      'DENIED',
      '',
      'Admin rules: stops some of it',
      '  10  Deny  Quarantine',
      '',
      'Subnet n1: lets all of it pass',
      '  100  Allow  Allow-rule',
      '',
      'Network interface n2: stops all of it',
      '  100  Deny  Deny-rule',
      '',
      'Denied',
    ];
    expect(out).toContain(`${start.join('\n')}\n`);
  });

  test('a list that nothing reaches is said to be one', async () => {
    const folder = await filled(passed);
    const some = ['--source', '203.0.113.0/27', '--format', 'table'];
    const { out } = await portcullis(['nsg', 'explain', ...everything, ...flags, ...some], {
      folder,
    });
    expect(out).toContain('Admin rules: stops all of it\n');
    expect(out).toContain('Subnet n1: nothing comes this far\n');
    expect(out).toContain('Network interface n2: nothing comes this far\n');
  });

  test('a line of a batch with every member is answered as the flags are', async () => {
    const folder = await filled(passed);
    const single = await portcullis(
      ['nsg', 'explain', ...everything, ...flags, '--format', 'json'],
      { folder },
    );
    const line = {
      nsg: passed['nsg.json'],
      nicNsg: passed['nic.json'],
      adminRules: adminRules.value,
      vnet: ['10.0.0.0/8'],
      serviceTags,
      query: { ...query, sourcePort: 'any' },
    };
    const batch = await portcullis(['nsg', 'explain', '--batch', '-'], {
      stdin: JSON.stringify(line),
    });
    expect(JSON.parse(batch.out)).toEqual(JSON.parse(single.out));
    expect(JSON.parse(batch.out)).toMatchObject({
      verdict: 'denied',
      decidedBy: [{ rule: 'Quarantine' }, { rule: 'Allow-rule' }, { rule: 'Deny-rule' }],
    });
  });

  test('the address space decides what VirtualNetwork is', async () => {
    const folder = await filled({ 'nsg.json': nsg('n1', 'Deny') });
    const argv = [
      'nsg',
      'explain',
      '--nsg',
      'nsg.json',
      '--direction',
      'inbound',
      '--protocol',
      'tcp',
    ];
    const ask = ['--source', '10.9.0.1', '--destination', '10.0.0.1', '--port', '22'];
    expect((await portcullis([...argv, ...ask], { folder })).out).toMatch(/^UNKNOWN/);
    const space = ['--vnet', '10.0.0.0/24', '10.9.0.0/16'];
    expect((await portcullis([...argv, ...ask, ...space], { folder })).out).toMatch(/^ALLOWED/);
  });

  test('a portless protocol needs no port', async () => {
    const folder = await filled({ 'nsg.json': nsg('n1', 'Allow') });
    const argv = [
      '--direction',
      'inbound',
      '--protocol',
      'icmp',
      '--source',
      '203.0.113.1',
      '--destination',
      '20.1.2.3',
    ];
    expect(
      (await portcullis(['nsg', 'explain', '--nsg', 'nsg.json', ...argv], { folder })).code,
    ).toBe(0);
  });

  test.each<[string, string[], string]>([
    [
      'flags that are absent',
      ['--nsg', 'nsg.json'],
      '--direction, --protocol, --source, --destination, --port must be given',
    ],
    ['a file that is absent', ['--nsg', 'x.json', ...flags], 'there is no such file'],
    ['a file that is no JSON', ['--nsg', 'bad.json', ...flags], 'this is no JSON'],
    [
      'an address that is none',
      ['--nsg', 'nsg.json', ...flags, '--source', '1.2.3.4/40'],
      '1.2.3.4/40',
    ],
    [
      'a direction that is none',
      ['--nsg', 'nsg.json', ...flags, '--direction', 'inbond'],
      'did you mean inbound?',
    ],
    [
      'a flag beside a batch',
      ['--batch', 'b.jsonl', '--nsg', 'nsg.json'],
      '--nsg does not go with --batch',
    ],
    ['a batch that is absent', ['--batch', 'b.jsonl'], 'there is no such file'],
    ['a batch that is a folder', ['--batch', '.'], 'this is a folder'],
  ])('%s: 2, and standard output stays empty', async (_, argv, says) => {
    const folder = await filled({ 'nsg.json': nsg('n1', 'Allow'), 'bad.json': '{' });
    const { code, out, err } = await portcullis(['nsg', 'explain', ...argv], { folder });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
  });
});

describe('a batch', () => {
  const good = { nsg: nsg('n1', 'Allow'), query };
  const lines = [
    JSON.stringify(good),
    'nonsense',
    JSON.stringify({
      ...good,
      nsg: nsg('n1', 'Deny'),
      nicNsg: null,
      adminRules: null,
      vnet: ['10.0.0.0/8'],
    }),
    '[]',
    '',
    JSON.stringify({ ...good, query: { ...query, port: 443, sourcePort: undefined } }),
    JSON.stringify({ ...good, query: { ...query, port: 99999 } }),
    JSON.stringify({ query }),
    JSON.stringify({ ...good, vnet: 'x' }),
    JSON.stringify({ ...good, query: undefined }),
    JSON.stringify({ ...good, nicNsg: nsg('n\u2028\u2029', 'Deny') }),
  ];

  test.each(['\n', '\r\n'])(
    'answers in order, a bad line says why, the rest goes on (%j)',
    async (end) => {
      const folder = await filled({ 'b.jsonl': lines.join(end) });
      const { code, out, err } = await portcullis(['nsg', 'explain', '--batch', 'b.jsonl'], {
        folder,
      });
      expect(code).toBe(0);
      const answers = out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(answers.map(({ verdict, error }) => verdict ?? typeof error)).toEqual([
        'allowed',
        'string',
        'denied',
        'string',
        'allowed',
        'string',
        'string',
        'string',
        'string',
        'denied',
      ]);
      expect(answers[1]).toEqual({ error: expect.stringContaining('no JSON') });
      expect(answers[5].error).toContain('99999');
      expect(answers[6].error).toContain('nsg');
      expect(err).toContain('6 lines of 10');
    },
  );

  test('answers from standard input', async () => {
    const stdin = `${JSON.stringify(good)}\n`;
    const { out } = await portcullis(['nsg', 'explain', '--batch', '-'], { stdin });
    expect(JSON.parse(out)).toMatchObject({ verdict: 'allowed' });
  });
});
