import type { Missing } from '../model/verdict.ts';
import { missingText } from './explain-drawing.ts';
import type { ExplainedFacts, Explanation } from './explanation.ts';
import { type Sheet, heading } from './table-sheet.ts';
import { counted, hang, lastSegment, plainText, shortId } from './text-layout.ts';

/** One line of facts: what it is about, and what is known of it or missing. */
interface Row {
  readonly label: string;
  readonly texts: readonly string[];
  readonly missing?: readonly Missing[];
}

/** What is known of the cluster, a fact a line, and what could not be read in its place. */
export function factLines({ cluster, facts }: Explanation, sheet: Sheet): string[] {
  const rows = [
    { label: 'id', texts: [cluster.id] },
    { label: 'location', texts: [cluster.location] },
    {
      label: 'state',
      texts: [[facts.provisioningState, facts.powerState].flatMap((one) => one ?? []).join(', ')],
    },
    { label: 'known by', texts: cluster.knownBy.map(knownText) },
    apiServerRow(cluster.apiServer, facts),
    ...subnetRows(facts),
    endpointRow(facts),
    ...settingsRows(facts),
    identityRow(facts),
    workspaceRow(facts),
  ];
  return [
    heading('KNOWN', '', sheet).trimEnd(),
    '',
    ...rows.flatMap((row) => rowLines(row, sheet)),
  ];
}

const column = 15;

function rowLines({ label, texts, missing = [] }: Row, { width, paint }: Sheet): string[] {
  const first = `   ${label}`.padEnd(column);
  const lines = [
    ...texts
      .filter((text) => plainText(text) !== '')
      .flatMap((text) => hang(' '.repeat(column), text, width).map((line) => line.slice(column))),
    ...missing.flatMap((one) =>
      hang(`${' '.repeat(column)}? `, missingText(one), width).map((line) =>
        paint(line.slice(column), 'unknown'),
      ),
    ),
  ];
  return lines.map(
    (line, index) => `${paint(index === 0 ? first : ' '.repeat(column), 'faint')}${line}`,
  );
}

const knownKinds = {
  mlCompute: 'Azure ML compute',
  extension: 'extension',
  publicIp: 'public IP of azureml-fe',
  onlineEndpoint: 'online endpoint',
  tag: 'its tag portcullis:inference',
  scope: 'the settings, which ask for every cluster',
};

function knownText({ kind, id }: Explanation['cluster']['knownBy'][number]): string {
  const isOwn = kind === 'tag' || kind === 'scope';
  const workspace = /\/workspaces\/([^/]+)\//.exec(id)?.[1];
  const of = workspace === undefined ? '' : ` of workspace ${workspace}`;
  return isOwn ? knownKinds[kind] : `${knownKinds[kind]} ${lastSegment(id)}${of}`;
}

const apiServers = {
  public: 'public',
  authorizedRanges: 'public, authorized ranges',
  privateLink: 'private (private link)',
  vnetIntegration: 'private (in the virtual network)',
};

function apiServerRow(access: keyof typeof apiServers, facts: ExplainedFacts): Row {
  const { publicFqdn, authorizedRanges } = facts;
  const ranges = authorizedRanges.length === 0 ? '' : ` ${authorizedRanges.join(', ')}`;
  const name = publicFqdn.known
    ? [publicFqdn.value === null ? 'no public name' : `public name ${publicFqdn.value}`]
    : [];
  return {
    label: 'API server',
    texts: [[`${apiServers[access]}${ranges}`, ...name].join('; ')],
    ...(publicFqdn.known ? {} : { missing: publicFqdn.missing }),
  };
}

function subnetRows({ subnets }: ExplainedFacts): readonly Row[] {
  const found = subnets.known ? subnets.value : subnets.found;
  const networks = new Map(
    found.flatMap(({ virtualNetwork }) =>
      virtualNetwork.known ? [[virtualNetwork.value.id, virtualNetwork.value] as const] : [],
    ),
  );
  const unreadNetworks = distinctMissing(
    found.flatMap(({ virtualNetwork }) => (virtualNetwork.known ? [] : virtualNetwork.missing)),
  );
  return [
    {
      label: 'network',
      texts: [...networks.values()].map(({ id, addressPrefixes, peerings, hasGateway }) => {
        const peers = peerings.map(({ remote, state }) => {
          const name = lastSegment(remote);
          return state === 'Connected' ? name : `${name} (${state.toLowerCase()})`;
        });
        const peered = peers.length === 0 ? [] : [`peered with ${peers.join(', ')}`];
        return [
          `${lastSegment(id)} ${addressPrefixes.join(', ')}`,
          ...peered,
          ...(hasGateway ? ['has a gateway'] : []),
        ].join('; ');
      }),
      missing: unreadNetworks,
    },
    ...found.map(subnetRow),
    ...(subnets.known ? [] : [{ label: 'subnets', texts: [], missing: subnets.missing }]),
  ];
}

type Subnet = Extract<ExplainedFacts['subnets'], { readonly known: true }>['value'][number];

function subnetRow(subnet: Subnet): Row {
  const { id, usedBy, prefixes, securityGroup, nodeSecurityGroups, routeTable, adminRules } =
    subnet;
  const nodeGroups = nodeSecurityGroups.known ? nodeSecurityGroups.value : nodeSecurityGroups.found;
  const users = usedBy.map((one) => (one === 'apiServer' ? 'API server' : one)).join(', ');
  const isWorkload = !usedBy.every((one) => one === 'apiServer');
  return {
    label: 'subnet',
    texts: [
      `${lastSegment(id)} ${prefixes.known ? prefixes.value.join(', ') : ''} (${users}${subnet.managedByAks ? ', made by AKS' : ''})`,
      ...(securityGroup.known ? [`subnet NSG: ${groupText(securityGroup.value)}`] : []),
      ...(isWorkload && nodeGroups.length > 0
        ? [`node NSG: ${nodeGroups.map(groupText).join(', ')}`]
        : []),
      ...(adminRules.known && adminRules.value > 0
        ? [counted(adminRules.value, 'security admin rule')]
        : []),
      ...(routeTable.known && routeTable.value !== null
        ? [
            `route table: ${lastSegment(routeTable.value.id)} (${counted(routeTable.value.routes, 'route')})`,
          ]
        : []),
    ],
    missing: distinctMissing(
      [prefixes, securityGroup, nodeSecurityGroups, routeTable, adminRules].flatMap((one) =>
        one.known ? [] : one.missing,
      ),
    ),
  };
}

function groupText(group: { readonly id: string; readonly rules: number } | null): string {
  return group === null ? 'none' : `${lastSegment(group.id)} (${counted(group.rules, 'rule')})`;
}

/** What is missing at one place once. */
export function distinctMissing(missing: readonly Missing[]): readonly Missing[] {
  return [...new Map(missing.map((one) => [`${one.what}\n${one.scope}`, one])).values()];
}

function endpointRow({ scoringEndpoints }: ExplainedFacts): Row {
  const found = scoringEndpoints.known ? scoringEndpoints.value : scoringEndpoints.found;
  return {
    label: 'endpoint',
    texts: [
      ...found.map(({ address, visibility, source, frontend }) => {
        const balancer = frontend.known
          ? `; load balancer ${lastSegment(frontend.value.loadBalancerId)}, port ${[...new Set(frontend.value.rules.map(({ frontendPort }) => frontendPort))].join(', ')}`
          : '';
        return `${address}, ${visibility}${balancer}; known by ${source}`;
      }),
      ...(scoringEndpoints.known && found.length === 0 ? ['none'] : []),
    ],
    missing: distinctMissing([
      ...(scoringEndpoints.known ? [] : scoringEndpoints.missing),
      ...found.flatMap(({ frontend }) => (frontend.known ? [] : frontend.missing)),
    ]),
  };
}

function settingsRows({ settings, outboundType }: ExplainedFacts): readonly Row[] {
  const { callers, outbound } = settings;
  const texts = {
    notConfigured: 'not configured: anyone will do',
    none: 'none from outside, say the settings',
  };
  return [
    {
      label: 'callers',
      texts: [callers.kind === 'listed' ? callers.sources.join(', ') : texts[callers.kind]],
    },
    {
      label: 'outbound',
      texts: [
        `${outbound === 'restricted' ? 'restricted, say the settings' : 'default rules are to be kept'}; leaves by ${outboundType ?? 'loadBalancer'}`,
      ],
    },
  ];
}

const identityKinds = {
  servicePrincipal: 'service principal',
  systemAssigned: 'system-assigned identity',
  userAssigned: 'user-assigned identity',
};

function identityRow({ identity }: ExplainedFacts): Row {
  return identity.known
    ? {
        label: 'identity',
        texts: [`${identityKinds[identity.value.kind]} ${identity.value.principalId}`],
      }
    : { label: 'identity', texts: [], missing: identity.missing };
}

function workspaceRow({ workspaces }: ExplainedFacts): Row {
  const found = workspaces.known ? workspaces.value : workspaces.found;
  return {
    label: 'workspace',
    texts: [
      ...found.map(({ id, location, hubId, storage, vault, registry }) => {
        const linked = [storage, vault, registry].flatMap((one) =>
          one.known && one.value !== null ? [shortId(one.value)] : [],
        );
        const hub = hubId === null ? '' : `, project of hub ${lastSegment(hubId)}`;
        return [`${lastSegment(id)} in ${location}${hub}`, ...linked].join('; ');
      }),
      ...(workspaces.known && found.length === 0 ? ['none'] : []),
    ],
    missing: distinctMissing([
      ...(workspaces.known ? [] : workspaces.missing),
      ...found.flatMap(({ storage, vault, registry }) =>
        [storage, vault, registry].flatMap((one) => (one.known ? [] : one.missing)),
      ),
    ]),
  };
}
