/**
 * Looks whether a deployed app works, from its door to a verdict: docs/deploy.md. The keys come on
 * standard input, as "az functionapp keys list --output json" prints them, so that they stand in no
 * list of processes and in no log.
 */
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { appKeys, deployedApp } from './deployed-app.ts';
import { smokeTest } from './smoke-steps.ts';

const usage =
  'az functionapp keys list --resource-group <group> --name <function app> --output json | npm run -s smoke-test -- --address https://<function app>.azurewebsites.net --subscription <id of an audited one> [--patience <seconds>]';

const { values } = parseArgs({
  options: {
    address: { type: 'string', default: '' },
    subscription: { type: 'string', default: '' },
    patience: { type: 'string', default: '600' },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const { address, subscription } = values;
  const patienceMs = Number(values.patience) * 1000;
  const host = URL.parse(address)?.host ?? '';
  if (host === '' || subscription === '' || !(patienceMs > 0) || process.stdin.isTTY) {
    return wrong('', usage);
  }
  const keys = appKeys.safeParse(jsonIn(await text(process.stdin)));
  if (!keys.success) {
    return wrong(
      'no keys of a function app came on standard input',
      'whoever deploys needs Microsoft.Web/sites/host/listkeys/action, which Contributor has',
    );
  }
  if (keys.data.systemKeys.eventgrid_extension === undefined) {
    return wrong(
      'the app has no key for Event Grid: the host has not loaded resource-changed yet',
      'the log stream of the app has why; once it runs, try again',
    );
  }
  const world = { now: () => new Date(), sleep, newId: randomUUID, patienceMs, pauseMs: 2000 };
  for await (const outcome of smokeTest(deployedApp(address, keys.data), {
    ...world,
    subscription,
  })) {
    if (outcome.kind === 'wrong') return wrong(outcome.says, outcome.next);
    console.log(`✓ ${outcome.says}`);
  }
  console.log(`✓ Portcullis works at ${address}`);
  return 0;
}

function wrong(says: string, next: string): number {
  console.error(says === '' ? next : `✗ ${says}\n  next: ${next}`);
  return says === '' ? 2 : 1;
}

function jsonIn(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    // Where az fails it prints no keys, and its own words to standard error.
    return undefined;
  }
}
