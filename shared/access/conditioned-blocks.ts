import type { ConditionalPermission, Permission } from './access-facts.ts';
import { type ConditionReach, conditionReach } from './condition-reach.ts';
import { intersectPermissions } from './pattern-intersection.ts';

/** What blocks give or take under conditions: for certain, and at most. Blocks without conditions are themselves. */
interface ConditionedBlocks {
  readonly certain: readonly Permission[];
  readonly perhaps: readonly Permission[];
  /** What each block gives or takes for certain, in their order. */
  readonly certainByBlock: readonly (readonly Permission[])[];
  /** What keeps the two apart; undefined where nothing does. */
  readonly condition?: {
    /** Whether the doubtful condition is a block's own or that of the assignment. */
    readonly of: 'block' | 'assignment';
    readonly doubt: NonNullable<ConditionReach['doubt']>;
  };
}

/** Works out blocks under their own conditions and that of the assignment, each combination once. */
export type ConditionBlocks = (
  blocks: readonly ConditionalPermission[],
  condition: string | undefined,
) => ConditionedBlocks;

/** A {@link ConditionBlocks} with a memory: many assignments give one role under one condition. */
export function conditionBlocks(): ConditionBlocks {
  const reaches = new Map<string, ConditionReach>();
  const made = new WeakMap<
    readonly ConditionalPermission[],
    Map<string | undefined, ConditionedBlocks>
  >();
  function reachOf(condition: string): ConditionReach {
    const reach = reaches.get(condition) ?? conditionReach(condition);
    reaches.set(condition, reach);
    return reach;
  }
  return (blocks, condition) => {
    const before = made.get(blocks) ?? new Map<string | undefined, ConditionedBlocks>();
    made.set(blocks, before);
    const conditioned = before.get(condition) ?? underConditions(blocks, condition, reachOf);
    before.set(condition, conditioned);
    return conditioned;
  };
}

function underConditions(
  blocks: readonly ConditionalPermission[],
  condition: string | undefined,
  reachOf: (condition: string) => ConditionReach,
): ConditionedBlocks {
  if (condition === undefined && blocks.every(isPlain)) {
    return { certain: blocks, perhaps: blocks, certainByBlock: blocks.map((block) => [block]) };
  }
  const certainByBlock: (readonly Permission[])[] = [];
  const perhaps: Permission[] = [];
  let doubtful: ConditionedBlocks['condition'];
  for (const { condition: own, ...block } of blocks) {
    let least: readonly Permission[] = [block];
    let most: readonly Permission[] = [block];
    for (const [of, text] of [
      ['block', own],
      ['assignment', condition],
    ] as const) {
      if (text === undefined) continue;
      const reach = reachOf(text);
      const surely = intersectPermissions(least, reach.certain);
      // What is in no doubt is the same at least and at most, so one of them tells for both.
      const doubt = reach.doubt ?? (surely === undefined ? 'notUnderstood' : undefined);
      if (doubt !== undefined) doubtful ??= { of, doubt };
      // Where too many patterns would be needed, nothing is certain and all is possible.
      least = surely ?? [];
      most = intersectPermissions(most, reach.perhaps) ?? most;
    }
    certainByBlock.push(least);
    perhaps.push(...most);
  }
  return {
    certain: certainByBlock.flat(),
    perhaps,
    certainByBlock,
    ...(doubtful === undefined ? {} : { condition: doubtful }),
  };
}

function isPlain(block: ConditionalPermission): block is Permission {
  return block.condition === undefined;
}
