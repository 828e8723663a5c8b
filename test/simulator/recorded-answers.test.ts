import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenOf } from '../../simulator/identity/callers.ts';
import { type Simulator, startSimulator } from '../../simulator/start-simulator.ts';
import { jsonOf, send } from './clients.ts';
import { type RecordedAnswer, recordedAnswers } from './recorded-answers.ts';
import { smallEstate } from './small-estate.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ rows: smallEstate, quotas: false });
});
afterAll(() => simulator.stop());

function tokenFor({ by, late }: RecordedAnswer['ask']): string | null {
  if (by === null) return null;
  const objectId = by ?? simulator.reader.objectId;
  const yesterday = new Date(Date.now() - 86_400_000);
  return late === true
    ? tokenOf({ objectId, appId: undefined }, simulator.https, simulator.https, yesterday)
    : simulator.tokenOf(objectId);
}

/** The error with all that differs from one request to the next taken out of its messages. */
function wording(error: unknown): unknown {
  return JSON.parse(
    JSON.stringify(error)
      .replaceAll(/(?<=[ (])'[^']*'/g, "'…'")
      .replace(/timestamp = \S+Z, correlationId = [\w-]+\./, 'timestamp = …, correlationId = ….'),
  );
}

describe('a failure', () => {
  it.each(recordedAnswers)(
    'has the form and the words of the recorded one: $error.code',
    async ({ status, error, ask }) => {
      const { path, query } = ask;
      const answer = jsonOf(
        await send(simulator, path, {
          token: tokenFor(ask),
          ...(query === undefined ? {} : { method: 'POST', body: { query } }),
        }),
      );
      expect(answer.status).toBe(status);
      expect(Object.keys(answer.json)).toEqual(['error']);
      expect(wording(answer.json.error)).toEqual(wording(error));
    },
  );
});
