import { demoSettingsPath, explainCluster } from '../shared/compose.ts';
import { parseSettings } from '../shared/settings/settings.ts';
import { demoEstate } from '../simulator/estate/demo-estate.ts';
import { withRule } from './apply-fix.ts';

/** The cluster that the tour puts right. */
const cluster = 'allow-names-yesterdays-ip';
const group = `nsg-${cluster}-snet-nodes-a`;

/** The files that the commands of docs/tour.md read, by path: one cluster of the demo, and its fix. */
export async function tourFiles(): Promise<ReadonlyMap<string, string>> {
  const { rows, settings } = demoEstate();
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(`${demoSettingsPath()} is not valid`);
  const { verdicts } = await explainCluster({
    cluster,
    source: { kind: 'demo' },
    settings: parsed.settings,
    strict: false,
    now: () => new Date('2026-11-23T02:00:00Z'),
  });
  const commands = verdicts.flatMap(({ fix }) => fix?.commands ?? []);
  const own = rows.filter(concerns);
  const fixed = commands.reduce<readonly object[]>(withRule, own);
  const groupIn = (all: readonly object[]) => all.filter((row) => nameIn(row) === group);
  return new Map([
    ['docs/tour/nsg-before.json', json(groupIn(own)[0])],
    ['docs/tour/nsg-after.json', json(groupIn(fixed)[0])],
    ['docs/tour/estate/1-exported.jsonl', lines(own)],
    ['docs/tour/estate/2-fixed.jsonl', lines(groupIn(fixed))],
    [
      'docs/tour/portcullis.settings.json',
      json({
        callers: ['203.0.113.0/24'],
        exemptions: [
          {
            check: 'internal-load-balancer',
            scope: idOf(own),
            reason: 'The models are sold to partners, who call from outside.',
            approvedBy: 'Ada Nkemelu',
            ticket: 'NET-1207',
            expiresOn: '2027-01-31',
          },
        ],
      }),
    ],
  ]);
}

/** Rows of the cluster, and those that belong to everybody. */
function concerns(row: object): boolean {
  const text = JSON.stringify(row);
  const everybodys =
    /"type":"(?:portcullis\/manifest|microsoft\.authorization\/roledefinitions|microsoft\.resources\/subscriptions|microsoft\.network\/servicetags)"/i;
  return (
    everybodys.test(text) ||
    text.includes(`${cluster}"`) ||
    text.includes(`${cluster}/`) ||
    text.includes(`${cluster}-`)
  );
}

function nameIn(row: object): unknown {
  return Reflect.get(row, 'name');
}

function idOf(rows: readonly object[]): string {
  const found = rows.find((row) => nameIn(row) === cluster);
  return String(found === undefined ? '' : Reflect.get(found, 'id'));
}

/** As the formatter writes it: a list of one short text on a line. */
function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replaceAll(/\[\n\s+("[^"\n]*")\n\s+\]/g, '[$1]')}\n`;
}

function lines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
