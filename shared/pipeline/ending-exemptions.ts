import type { Condition } from '../alerts/conditions.ts';
import { type ResourceId, resourceId } from '../model/resource-id.ts';
import { endingExemptions } from '../settings/ending-exemptions.ts';
import { endConditions, noteCondition } from './note-condition.ts';
import type { ServiceContext } from './service-context.ts';

const pageSize = 1000;

/** An exemption that somebody has to renew, or do without. */
interface Ending {
  readonly check: string;
  readonly scope: ResourceId;
  readonly reason: string;
  readonly expiresOn: string | null;
}

/**
 * Alerts of exemptions that end within two weeks: of those in the settings, and of those of Azure
 * Policy as far as they accept a finding. The alert ends when the exemption is renewed, taken away or
 * over: what it accepted then alerts by itself.
 */
export async function noteEndingExemptions(context: ServiceContext): Promise<void> {
  const { exemptions } = await context.settings();
  const today = context.now().toISOString().slice(0, 10);
  const own = exemptions.map(({ check, scope, reason, expiresOn = null }) => {
    return { check, scope: resourceId(scope), reason, expiresOn };
  });
  const ending = [...own, ...(await ofPolicies(context))].flatMap((one) => conditionOf(one, today));
  for (const condition of ending) await noteCondition(context, condition);
  await endConditions(context, 'exemption-renewed', ending);
}

function conditionOf(
  { check, scope, reason, expiresOn }: Ending,
  today: string,
): readonly Condition[] {
  const name = `The exemption of ${check === '*' ? 'every check' : check} (${reason})`;
  if (endingExemptions([{ name, expiresOn }], today).length === 0) return [];
  // How many days are left changes daily, and is no reason to tell again.
  const summary = `${name} ends: ${expiresOn} is the last day on which it holds.`;
  return [{ id: 'exemption-renewed', scope, which: `${check} ${expiresOn}`, summary }];
}

async function ofPolicies({ stores }: ServiceContext): Promise<readonly Ending[]> {
  const found: Ending[] = [];
  for (let from: string | undefined, more = true; more; more = from !== undefined) {
    const page = await stores.findings.page(pageSize, from);
    for (const { state, exempt, checkId: check, clusterId: scope } of page.items) {
      if (state !== 'open' || exempt?.source !== 'policy') continue;
      const { reason, expiresOn } = exempt;
      found.push({ check, scope, reason, expiresOn });
    }
    from = page.next;
  }
  return found;
}
