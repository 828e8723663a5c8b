import { counted, hang, plainText, wrap } from '../shared/reports/text-layout.ts';
import type { Diagnosis, SubscriptionDiagnosis } from '../shared/adapters/azure/diagnose.ts';
import type { Arguments, Verb } from './arguments.ts';
import { cloudFlag, liveSource } from './live-source.ts';
import type { Services, World } from './world.ts';

export const doctorVerb: Verb = {
  name: 'doctor',
  summary: 'Says whether a scan could read what it needs, and how to grant what is missing.',
  usage: 'portcullis doctor [flags]',
  flags: [cloudFlag],
  notes: [
    'Signs in as a scan would, looks at what whoever is signed in may do in every subscription it sees, and changes nothing. Exits with 3 where something is missing.',
  ],
  examples: [
    { command: 'portcullis doctor', says: 'As whoever is signed in with the Azure CLI' },
    { command: 'portcullis doctor --cloud usgov', says: 'In Azure Government' },
  ],
};

const width = 80;
const shownAtMost = 20;
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Looks and says; the exit code: 0 everything is there, 3 something is missing. */
export async function doctor(args: Arguments, world: World, services: Services): Promise<number> {
  const diagnose = await services.diagnose();
  const diagnosis = await diagnose(liveSource(args, world));
  await world.stdout.write(`${linesOf(diagnosis).join('\n')}\n`);
  return isWell(diagnosis) ? 0 : 3;
}

function isWell({ subscriptions, microsoftGraph }: Diagnosis): boolean {
  return (
    microsoftGraph.servicePrincipals === undefined &&
    subscriptions.length > 0 &&
    subscriptions.every(({ lacking }) => lacking.length === 0)
  );
}

function linesOf(diagnosis: Diagnosis): readonly string[] {
  const { arm, signedInAs, subscriptions, microsoftGraph } = diagnosis;
  const well = subscriptions.filter(({ lacking }) => lacking.length === 0);
  const ill = subscriptions.filter(({ lacking }) => lacking.length > 0);
  return [
    ...hang(
      ' ✓ ',
      `Signed in to ${arm}${signedInAs === undefined ? '' : ` as ${who(signedInAs)}`}.`,
      width,
    ),
    ...(subscriptions.length === 0
      ? [
          ...hang(
            ' ✗ ',
            'No subscription is visible. Grant Reader on one, or on a management group:',
            width,
          ),
          `   ${grantCommand(signedInAs?.objectId, undefined)}`,
        ]
      : []),
    ...(well.length === 0
      ? []
      : hang(
          ' ✓ ',
          `${counted(well.length, 'subscription')} can be read: ${namesOf(well)}.`,
          width,
        )),
    ...ill.slice(0, shownAtMost).flatMap((one) => illLines(one, signedInAs?.objectId)),
    ...(ill.length > shownAtMost
      ? hang(
          ' ✗ ',
          `… and ${counted(ill.length - shownAtMost, 'more subscription')}: ${namesOf(ill.slice(shownAtMost))}.`,
          width,
        )
      : []),
    ...graphLines(microsoftGraph),
    '',
    ...wrap(
      isWell(diagnosis)
        ? 'A scan can read everything it needs here.'
        : 'A scan works all the same: what it cannot read it reports as a gap, and what depends on that as unknown.',
      width,
    ),
  ];
}

function who({ name, objectId, tenantId }: NonNullable<Diagnosis['signedInAs']>): string {
  const of = tenantId === undefined ? '' : ` of tenant ${tenantId}`;
  return plainText(`${name ?? 'a principal'} (object id ${objectId})${of}`);
}

function namesOf(subscriptions: readonly SubscriptionDiagnosis[]): string {
  const shown = subscriptions.slice(0, shownAtMost).map(({ name }) => plainText(name));
  const more = subscriptions.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function illLines(
  { id, name, lacking, trouble }: SubscriptionDiagnosis,
  objectId: string | undefined,
): readonly string[] {
  const what =
    trouble === undefined
      ? `${plainText(name)} (${plainText(id)}) lacks ${lacking.join(', ')}. Reader has them all:`
      : `${plainText(name)} (${plainText(id)}): what may be read there is not known: ${plainText(trouble)}. Reader would do:`;
  return [...hang(' ✗ ', what, width), `   ${grantCommand(objectId, id)}`];
}

/** One line that can be copied into a shell; nothing that is no GUID comes into it. */
function grantCommand(objectId: string | undefined, subscription: string | undefined): string {
  const assignee = guidOr(objectId, '<object id>');
  const scope = `/subscriptions/${guidOr(subscription, '<subscription id>')}`;
  return `az role assignment create --role Reader --assignee-object-id ${assignee} --scope ${scope}`;
}

function guidOr(text: string | undefined, placeholder: string): string {
  return text !== undefined && guid.test(text) ? text : placeholder;
}

function graphLines({ servicePrincipals, groups }: Diagnosis['microsoftGraph']): readonly string[] {
  if (servicePrincipals !== undefined) {
    return hang(
      ' ✗ ',
      `Microsoft Graph refuses: ${plainText(servicePrincipals)}. It is needed only for clusters with a service principal. Grant the application permission Application.Read.All (an administrator has to consent); with GroupMember.Read.All, grants through groups take fewer calls.`,
      width,
    );
  }
  return groups === undefined
    ? hang(' ✓ ', 'Microsoft Graph answers: service principals and groups can be read.', width)
    : hang(
        ' ✓ ',
        `Microsoft Graph answers for service principals. Groups it refuses (${plainText(groups)}): Resource Manager is asked what reaches each identity instead. With GroupMember.Read.All that takes fewer calls.`,
        width,
      );
}
