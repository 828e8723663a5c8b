import type { InvocationContext } from '@azure/functions';
import { type Service, processService } from '../shared/compose-service.ts';
import { UsageError } from '../shared/settings/usage-error.ts';

let told = false;

/**
 * The service of this process, or undefined where the app settings are wrong. What is wrong with
 * them then stands in the log, once in the life of the process: probes ask often.
 */
export function configuredService(context: InvocationContext): Service | undefined {
  try {
    return processService();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (!told) context.error(`configuration is wrong: ${error.problems.join('; ')}`);
    told = true;
    return undefined;
  }
}
