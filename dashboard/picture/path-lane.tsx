import { HopMark, toneOf } from '../marks/hop-mark.tsx';
import {
  type Hop,
  type Path,
  type Way,
  arrivalText,
  decidingRule,
  isGood,
  placeNames,
  wayBehind,
} from './explained.ts';
import { Lane, type Stop } from './lane.tsx';

interface PathLaneProps {
  readonly path: Path;
  readonly id: string;
  /** What starts the way, and what is at its end. */
  readonly ends: readonly [string, string];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

/** One way of packets: each place that they pass, and what it does with them. */
export function PathLane({ path, id, ends, chosen, onChoose }: PathLaneProps) {
  return (
    <Lane
      title={
        <>
          <span>{`${path.from} → ${path.to}`}</span>
          <HopMark state={endState(path)} text={outcomeText(path)} />
        </>
      }
      stops={stopsOf(path, id, ends)}
      chosen={chosen}
      onChoose={onChoose}
    />
  );
}

function stopsOf(path: Path, id: string, [start, end]: readonly [string, string]): readonly Stop[] {
  let way: Way = 'open';
  const hops = path.hops.map((hop, index): Stop => {
    const before = way;
    way = wayBehind(way, hop.state);
    return {
      id: `${id}.${index}`,
      kind: placeNames[hop.place],
      name: nameOf(hop),
      mark: <HopMark state={hop.state} />,
      tone: toneOf(hop.state),
      note: noteOf(hop),
      way: before,
      isReached: hop.state !== 'notReached',
    };
  });
  const state = endState(path);
  return [
    {
      id: `${id}.from`,
      kind: start,
      name: path.from,
      mark: null,
      tone: 'none',
      way: 'open',
      isReached: true,
      isEnd: true,
    },
    ...hops,
    {
      id: `${id}.to`,
      kind: end,
      name: path.to,
      mark: <HopMark state={state} text={arrivalText(path)} />,
      tone: toneOf(state),
      way: path.hops.length === 0 ? 'perhaps' : way,
      isReached: true,
      isEnd: true,
    },
  ];
}

/** Where it ends, if it does not arrive. */
function outcomeText(path: Path): string {
  const stop = path.hops.find(({ state }) => state === 'denied' || state === 'partial');
  const rule = stop === undefined ? undefined : decidingRule(stop);
  if (stop === undefined || isGood(path)) return arrivalText(path);
  const by = rule === undefined ? '' : `rule ${rule.name} of the `;
  return `${arrivalText(path)}: ${by}${placeNames[stop.place]} stops it`;
}

function endState(path: Path): Hop['state'] {
  if (path.hops.length === 0 || path.verdict === 'unknown') return 'unknown';
  return isGood(path) ? 'allowed' : path.verdict;
}

/** What has no name of its own is said to be absent or unread by its mark. */
function nameOf({ place, name, at }: Hop): string {
  return place === 'admin' || at === null ? '' : name;
}

function noteOf(hop: Hop) {
  const rule = decidingRule(hop);
  if (hop.state === 'notReached') return undefined;
  if (rule === undefined) return hop.state === 'absent' ? undefined : (hop.says ?? undefined);
  const others = hop.rules.length - 1;
  return (
    <>
      {`${rule.access} · ${rule.priority} · `}
      <strong>{rule.name}</strong>
      {others === 0 ? '' : ` and ${others} more`}
    </>
  );
}
