import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { Check } from '../model/check.ts';
import { nameOf, resourceGroupOf } from '../model/resource-id.ts';
import type { PriorityBand } from '../remediation/free-priority.ts';
import type { JudgedCluster } from '../remediation/failing-check.ts';
import { planners } from '../remediation/planners.ts';
import { shellWord } from '../remediation/snippets.ts';
import type { Fix } from './explanation.ts';
import { plainText } from './text-layout.ts';

/**
 * What puts a failing check of a cluster right: the commands of its plan, which is proven on the facts
 * of this cluster, or why there is none. Null where no change in place does.
 */
export function fixOf(
  check: Check<InferenceCluster>,
  fingerprint: string,
  judged: JudgedCluster,
  frame: { readonly catalogue: readonly Check<InferenceCluster>[]; readonly band: PriorityBand },
): Fix | null {
  if (check.id === 'private-cluster-without-public-fqdn') return publicNameFix(judged.cluster);
  const planner = planners.get(check.id);
  if (planner === undefined) return null;
  const { catalogue: checks, band } = frame;
  const failing = { ...judged, check, fingerprint, others: [], checks };
  const planned = planner(failing, { band, expiresAt: '', reserved: [] });
  if (planned.kind === 'plan') {
    const { summary, snippets } = planned.plan;
    return printable({
      says: `${summary} With that the check passes, and no other that passes comes to fail (proven on what was read):`,
      commands: commandsOf(snippets.az),
    });
  }
  const { because, snippets } = planned.unplanned;
  return printable({
    says: because,
    commands: snippets === undefined ? [] : commandsOf(snippets.az),
  });
}

/** A command is there to be copied, so it is shown as it is or not at all. */
function printable({ says, commands }: Fix): Fix {
  return commands.every((command) => plainText(command) === command)
    ? { says, commands }
    : { says: `${says} A name in it has no place in a printed command.`, commands: [] };
}

/** One line each: where they are broken is up to whoever prints them. */
function commandsOf(az: string): string[] {
  return az.replaceAll(/ \\\n +/g, ' ').split('\n');
}

/** Source: learn.microsoft.com/azure/aks/private-clusters#disable-a-public-fqdn */
function publicNameFix({ id, subscriptionId }: InferenceCluster): Fix {
  const words = [
    `--subscription ${shellWord(subscriptionId)}`,
    `--resource-group ${shellWord(resourceGroupOf(id) ?? '')}`,
    `--name ${shellWord(nameOf(id))}`,
  ];
  return printable({
    says: 'Take the public name away:',
    commands: [`az aks update ${words.join(' ')} --disable-public-fqdn`],
  });
}
