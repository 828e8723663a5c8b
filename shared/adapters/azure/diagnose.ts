import { permits } from '../../access/permitted.ts';
import { readActions } from '../../inventory/read-actions.ts';
import type { ResourceType } from '../../inventory/resource-types.ts';
import { nameOf, resourceId } from '../../model/resource-id.ts';
import { AzureError } from './azure-error.ts';
import type { AzureClients } from './azure-clients.ts';
import { concurrently } from './concurrently.ts';
import { odataString } from './kql.ts';
import { subscriptionsQuery } from './queries.ts';
import { permissionsAt } from './read-coverage.ts';
import type { TokenClaims } from './sign-in.ts';

/** What a scan needs and whether whoever is signed in has it. */
export interface Diagnosis {
  readonly arm: string;
  /** Undefined where the token does not say. */
  readonly signedInAs: TokenClaims | undefined;
  readonly subscriptions: readonly SubscriptionDiagnosis[];
  readonly microsoftGraph: GraphDiagnosis;
  /** Milliseconds that this machine's clock is behind Azure's; undefined where Azure did not say. */
  readonly clockBehindMs: number | undefined;
}

export interface SubscriptionDiagnosis {
  readonly id: string;
  readonly name: string;
  /** Operations that a scan needs there and the reader may not do; all of them where Azure does not say. */
  readonly lacking: readonly string[];
  /** Why Azure did not say what the reader may do. */
  readonly trouble?: string;
}

/** Why Microsoft Graph does not say what a scan may want of it; undefined where it does. */
interface GraphDiagnosis {
  /** Needed for clusters with a service principal. */
  readonly servicePrincipals: string | undefined;
  /** Who is in groups; Resource Manager can say the same with more calls. */
  readonly groups: string | undefined;
}

const atOnce = 8;

/** The operations that reading these types takes, and the one that tells what the reader may do. */
function neededActions(types: readonly ResourceType[]): readonly string[] {
  const reads = types.flatMap((type) => readActions[type] ?? []);
  return [...new Set(['Microsoft.Authorization/permissions/read', ...reads])].toSorted();
}

/**
 * Looks at what a scan would need, subscription by subscription, and changes nothing.
 * @throws SignInError where nobody is signed in, AzureError where Azure does not answer at all.
 */
export async function diagnose(
  clients: AzureClients,
  types: readonly ResourceType[],
): Promise<Diagnosis> {
  const claims = await clients.signedInAs();
  const found = await visibleSubscriptions(clients);
  const needed = neededActions(types);
  const subscriptions: SubscriptionDiagnosis[] = [];
  const diagnoses = concurrently(found, atOnce, async (subscription) => [
    { ...subscription, ...(await lackingIn(clients, subscription.id, needed)) },
  ]);
  for await (const one of diagnoses) subscriptions.push(one);
  return {
    arm: clients.cloud.arm,
    signedInAs: claims,
    subscriptions: subscriptions.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    microsoftGraph: await graphDiagnosis(clients),
    clockBehindMs: clients.clockBehindMs(),
  };
}

async function visibleSubscriptions(
  clients: AzureClients,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const found: { id: string; name: string }[] = [];
  try {
    for (let token: string | undefined, more = true; more;) {
      const page = await clients.queryResources({ query: subscriptionsQuery() }, token);
      for (const { id, name } of page.rows) {
        if (typeof id !== 'string') continue;
        const guid = nameOf(resourceId(id));
        found.push({ id: guid, name: typeof name === 'string' ? name : guid });
      }
      token = page.skipToken;
      more = token !== undefined;
    }
  } catch (error) {
    // So Resource Graph says that there is nothing to look into.
    const seesNothing =
      error instanceof AzureError && (error.code === 'forbidden' || error.code === 'refused');
    if (!seesNothing) throw error;
  }
  return found;
}

async function lackingIn(
  clients: AzureClients,
  subscription: string,
  needed: readonly string[],
): Promise<Pick<SubscriptionDiagnosis, 'lacking' | 'trouble'>> {
  try {
    const permissions = await permissionsAt(clients, `/subscriptions/${subscription}`);
    return { lacking: needed.filter((action) => !permits(permissions, action)) };
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    return { lacking: needed, trouble: error.message };
  }
}

/** Asks for what does not exist: that there is none is the answer of one who lets us in. */
async function graphDiagnosis(clients: AzureClients): Promise<GraphDiagnosis> {
  const nobody = '00000000-0000-0000-0000-000000000000';
  return {
    servicePrincipals: await refusalOf(clients, `/servicePrincipals(appId=${odataString(nobody)})`),
    groups: await refusalOf(clients, `/groups/${nobody}/transitiveMembers`),
  };
}

async function refusalOf(clients: AzureClients, path: string): Promise<string | undefined> {
  try {
    await clients.getGraph(`${path}?$select=id`);
    return undefined;
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    return error.code === 'notFound' || error.code === 'refused' ? undefined : error.message;
  }
}
