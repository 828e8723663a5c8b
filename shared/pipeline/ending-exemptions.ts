import type { Condition } from '../alerts/conditions.ts';
import { resourceId } from '../model/resource-id.ts';
import { endingExemptions } from '../settings/ending-exemptions.ts';
import { endConditions, noteCondition } from './note-condition.ts';
import type { ServiceContext } from './service-context.ts';

/**
 * Alerts of exemptions in the settings that end within two weeks. The alert ends when the exemption
 * is renewed, taken away or over: what it accepted then alerts by itself.
 */
export async function noteEndingExemptions(context: ServiceContext): Promise<void> {
  const { exemptions } = await context.settings();
  const today = context.now().toISOString().slice(0, 10);
  const ending = exemptions.flatMap(
    ({ check, scope, expiresOn = null, reason }): readonly Condition[] => {
      const of = check === '*' ? 'every check' : check;
      const name = `The exemption of ${of} (${reason})`;
      if (endingExemptions([{ name, expiresOn }], today).length === 0) return [];
      // How many days are left changes daily, and is no reason to tell again.
      const summary = `${name} ends: ${expiresOn} is the last day on which it holds.`;
      const which = `${check} ${expiresOn}`;
      return [{ id: 'exemption-renewed', scope: resourceId(scope), which, summary }];
    },
  );
  for (const condition of ending) await noteCondition(context, condition);
  await endConditions(context, 'exemption-renewed', ending);
}
