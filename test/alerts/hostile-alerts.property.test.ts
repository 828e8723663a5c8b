/** Names that somebody gave to steer whoever reads an alert: in every format they are texts on one line. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { teamsMessage } from '../../shared/alerts/adaptive-card.ts';
import { azureMonitorAlert } from '../../shared/alerts/azure-monitor-alert.ts';
import { cloudEvent } from '../../shared/alerts/cloud-event.ts';
import { customEvent } from '../../shared/alerts/custom-event.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { hostileText } from '../reports/hostile-texts.ts';
import { madeUpAlert } from './made-up-alert.ts';

/** Every text in a value, wherever it stands. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* textsIn(inner);
  }
}

test('no format has a line, a control or a turned direction in it, and none grows without end', () => {
  fc.assert(
    fc.property(
      hostileText,
      hostileText,
      fc.constantFrom('opened', 'resolved'),
      (name, says, change) => {
        const clusterId = resourceId(`/subscriptions/s/resourcegroups/g/providers/x/y/${name}`);
        const evidence = [{ at: clusterId, rule: name, says: `${says} `.repeat(200) }];
        const exempt =
          change === 'resolved'
            ? ({
                reason: says,
                approvedBy: name,
                ticket: null,
                expiresOn: null,
                source: 'settings',
              } as const)
            : null;
        const message = madeUpAlert(change, { clusterId, summary: says, evidence, exempt });
        const shown = [teamsMessage(message), customEvent(message).properties['found']];
        for (const text of textsIn(shown)) {
          expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]|\{\{/u);
        }
        const card = JSON.stringify(teamsMessage(message));
        expect(card).not.toMatch(/"type":"(TextBlock|FactSet)"/);
        for (const format of [azureMonitorAlert, cloudEvent, customEvent, teamsMessage]) {
          // As receivers read it, and far below what any of them takes.
          expect(JSON.parse(JSON.stringify(format(message)))).toBeTypeOf('object');
          expect(JSON.stringify(format(message)).length).toBeLessThan(25_000);
        }
        const { command = '' } = message.fix;
        // Nothing leaves the quotes: outside of them stand only harmless characters.
        expect(command.replaceAll(/'[^']*'|\\'/g, '')).toMatch(/^[\w ./-]*$/);
      },
    ),
  );
});
