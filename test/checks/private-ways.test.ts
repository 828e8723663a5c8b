import { describe, expect, it } from 'vitest';
import type { OutboundDependency } from '../../shared/checks/outbound-dependencies.ts';
import { privateWays } from '../../shared/checks/private-ways.ts';
import type { Workspace } from '../../shared/facts/inference-cluster.ts';
import { known } from '../../shared/model/verdict.ts';
import { cluster, registry, unread, workspace } from './build.ts';

const ways = (
  privateLink: OutboundDependency['privateLink'],
  changes: Partial<Workspace> = {},
): readonly string[] =>
  privateWays(
    {
      serviceTag: 'Storage',
      protocol: 'Tcp',
      ports: [443],
      isOptional: false,
      ...(privateLink === undefined ? {} : { privateLink }),
    },
    cluster({ workspaces: known([workspace(changes)]) }),
  ).map(({ text }) => text);

describe('the private ways to what a service tag stands for', () => {
  it.each([
    [undefined, []],
    ['amlworkspace', ['amlworkspace of fraud-ws']],
    ['blob', ['blob of fraudst', 'registry of fraudacr']],
    ['file', ['file of fraudst']],
    ['vault', ['vault of fraudkv']],
  ] as const)('are, for %s, %j', (privateLink, texts) => {
    expect(ways(privateLink)).toEqual(texts);
  });

  it('lead to blobs alone where layers of images come from elsewhere, or there are none', () => {
    expect(ways('blob', { registry: known(registry({ hasDataEndpoint: true })) })).toEqual([
      'blob of fraudst',
    ]);
    expect(ways('blob', { registry: known(null) })).toEqual(['blob of fraudst']);
  });

  it('are not known where the registry was not read', () => {
    expect(ways('blob', { registry: unread('registry') })).toEqual([
      'blob of fraudst',
      'registry of workspace fraud-ws',
    ]);
  });
});
