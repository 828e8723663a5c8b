import type { Explanation } from '../api/api-types.ts';

export type Path = Explanation['inbound'][number];
export type Hop = Path['hops'][number];
export type HopState = Hop['state'];
export type Need = Explanation['needs'][number];
export type Access = Explanation['access'][number];

/** How open the way is before a place: packets come, some come, perhaps they come, none come. */
export type Way = 'open' | 'some' | 'perhaps' | 'shut';

/** How open the way is behind a place. It never opens again. */
export function wayBehind(way: Way, state: HopState): Way {
  const left = ways[state];
  return order.indexOf(left) > order.indexOf(way) ? left : way;
}

const order: readonly Way[] = ['open', 'some', 'perhaps', 'shut'];

const ways: Readonly<Record<HopState, Way>> = {
  allowed: 'open',
  absent: 'open',
  partial: 'some',
  unknown: 'perhaps',
  denied: 'shut',
  notReached: 'shut',
};

/** Whether what must pass does: some of it is enough where only some is asked for. */
export function isGood({ verdict, asks }: Pick<Path, 'verdict' | 'asks'>): boolean {
  return verdict === 'allowed' || (verdict === 'partial' && asks === 'some');
}

/** The rule to credit or blame for what a place does: the first that denies where it stops any. */
export function decidingRule({ state, rules }: Hop): Hop['rules'][number] | undefined {
  const isStopped = state === 'denied' || state === 'partial';
  return (isStopped ? rules.find(({ access }) => access === 'Deny') : undefined) ?? rules[0];
}

export const placeNames: Readonly<Record<Hop['place'], string>> = {
  loadBalancer: 'Load balancer',
  admin: 'Admin rules',
  subnet: 'Subnet NSG',
  node: 'Node NSG',
  route: 'Route table',
};

/** What arrives at the end of a path, in words. */
export function arrivalText({ verdict, hops }: Path): string {
  if (hops.length === 0 || verdict === 'unknown') return 'Perhaps it arrives';
  if (verdict === 'allowed') return 'All of it arrives';
  return verdict === 'partial' ? 'Some of it arrives' : 'Nothing arrives';
}
