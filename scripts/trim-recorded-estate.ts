import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openEstate } from '../shared/adapters/files/estate-files.ts';
import { resourceTypes } from '../shared/inventory/resource-types.ts';
import { subscriptionIdOf } from '../shared/model/resource-id.ts';
import type { Row } from '../shared/ports.ts';

/**
 * Writes a smaller estate of the recorded one, as JSON lines: whole recordings only, for the rows of
 * one point at each other, chosen for as many shapes as fit.
 *
 *     node scripts/trim-recorded-estate.ts <file to write> [largest size in bytes]
 */

interface Recording {
  readonly lines: readonly string[];
  readonly bytes: number;
  readonly clusters: number;
  readonly shapes: ReadonlySet<string>;
}

/** Members that no audit reads: machine profiles, certificates, and who made a role assignment when. */
const noise: ReadonlySet<string> = new Set([
  'osProfile',
  'linuxProfile',
  'windowsProfile',
  'extensionProfile',
  'certificates',
  'createdOn',
  'createdBy',
  'updatedOn',
  'updatedBy',
]);
const fewestClusters = 60;

const [target, size = '2000000'] = process.argv.slice(2);
if (target === undefined) {
  console.error('Say which file to write: node scripts/trim-recorded-estate.ts <file> [bytes]');
  process.exit(2);
}
const fixtures = resolve(process.env['PORTCULLIS_FIXTURES'] ?? '../shared/fixtures');
const recordings = await recordingsIn(join(fixtures, 'estate', 'recorded.json'));
const chosen = choose(recordings, Number(size));
const lines = chosen.flatMap((recording) => recording.lines);
await writeFile(target, `${lines.join('\n')}\n`);
const clusters = chosen.reduce((sum, recording) => sum + recording.clusters, 0);
console.log(
  `${lines.length} rows, ${clusters} clusters and ${shapesOf(chosen).size} of ${shapesOf(recordings).size} shapes ` +
    `from ${chosen.length} of ${recordings.length} recordings in ${target}`,
);

/** A recording is a subscription; rows of the tenant belong to the subscription that they mention. */
async function recordingsIn(path: string): Promise<readonly Recording[]> {
  const rows: Row[] = [];
  for await (const item of (await openEstate(path)).read(resourceTypes, {})) {
    if (item.kind === 'row') rows.push(item);
  }
  const groups = Map.groupBy(rows, (row) => subscriptionIdOf(row.id) ?? mentioned(row));
  return [...groups.values()].map((members) => {
    const lines = members.map(({ body }) =>
      JSON.stringify(body, (key, value: unknown) => (noise.has(key) ? undefined : value)),
    );
    const shapes = new Set<string>();
    for (const [at, { type }] of members.entries()) {
      addShapes(JSON.parse(lines[at] ?? 'null'), type, shapes);
    }
    return {
      lines,
      bytes: lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
      clusters: members.filter(({ type }) => type === 'microsoft.containerservice/managedclusters')
        .length,
      shapes,
    };
  });
}

function mentioned(row: Row): string {
  return /"\/subscriptions\/([^/"]+)/i.exec(JSON.stringify(row.body))?.[1]?.toLowerCase() ?? '';
}

/** Every path with the kind of its value, or the value itself where it is a word or a truth value. */
function addShapes(value: unknown, path: string, shapes: Set<string>): void {
  if (Array.isArray(value)) {
    shapes.add(`${path}[${Math.min(value.length, 2)}]`);
    for (const element of value) addShapes(element, `${path}[]`, shapes);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) addShapes(member, `${path}.${key}`, shapes);
  } else {
    const isWord = typeof value === 'string' && /^[a-z*]{0,20}$/i.test(value);
    shapes.add(`${path}=${isWord || typeof value !== 'string' ? String(value) : 'text'}`);
  }
}

/** Clusters first, up to half the size, then whatever brings the most new shapes per byte. */
function choose(all: readonly Recording[], bytes: number): readonly Recording[] {
  const withClusters = all.filter((recording) => recording.clusters > 0);
  const first = byNewShapes(withClusters, [], bytes / 2);
  const rest = withClusters.filter((recording) => !first.includes(recording));
  for (const recording of rest.toSorted((a, b) => a.bytes - b.bytes)) {
    if (first.reduce((sum, { clusters }) => sum + clusters, 0) >= fewestClusters) break;
    first.push(recording);
  }
  return byNewShapes(all, first, bytes);
}

function byNewShapes(
  all: readonly Recording[],
  start: readonly Recording[],
  bytes: number,
): Recording[] {
  const chosen = [...start];
  const seen = new Set(shapesOf(chosen));
  let left = bytes - chosen.reduce((sum, recording) => sum + recording.bytes, 0);
  for (;;) {
    const worth = (recording: Recording): number =>
      [...recording.shapes].filter((shape) => !seen.has(shape)).length / recording.bytes;
    const [best] = all
      .filter((recording) => recording.bytes <= left && !chosen.includes(recording))
      .toSorted((a, b) => worth(b) - worth(a));
    if (best === undefined || worth(best) === 0) return chosen;
    chosen.push(best);
    left -= best.bytes;
    for (const shape of best.shapes) seen.add(shape);
  }
}

function shapesOf(recordings: readonly Recording[]): ReadonlySet<string> {
  return new Set(recordings.flatMap(({ shapes }) => [...shapes]));
}
