/** What the API answers over the demo estate, held against the report of its scan and the document. */
import { beforeAll, describe, expect, test } from 'vitest';
import { objectionsTo } from './answer-schemas.ts';
import { servedDemo } from './served-demo.ts';

type Demo = Awaited<ReturnType<typeof servedDemo>>;
let demo: Demo;

beforeAll(async () => {
  demo = await servedDemo();
});

test('try', async () => {
  console.time('x');
  for (const [op, path] of [['me','me'],['overview','overview'],['clusters','clusters?limit=3'],['facets','facets'],['findings','findings?limit=2'],['alerts','alerts'],['remediations','remediations'],['scans','scans'],['trends','trends'],['settings','settings'],['check','checks/private-cluster'],['openapi','openapi.json']] as [string, string][]) {
    const found = await demo.found(path);
    
    expect([op, objectionsTo(op, found)]).toEqual([op, []]);
  }
  console.timeEnd('x');
  const { clusters } = await demo.found('clusters');
  const c = await demo.found(`clusters/${clusters[0].key}`);
  
  expect(objectionsTo('cluster', c)).toEqual([]);
  const e = await demo.found(`clusters/${clusters[0].key}/explanation`);
  expect(objectionsTo('explanation', e)).toEqual([]);
});
