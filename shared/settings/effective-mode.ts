import { type Mode, modeNamed, modes } from './mode.ts';
import type { Settings } from './settings.ts';

/** The tag by which whoever owns a cluster restricts what is done to it. */
export const modeTag = 'portcullis:mode';

/** What may be done about a failing check on a cluster, and who keeps it from being more. */
export interface EffectiveMode {
  readonly mode: Mode;
  /** In words, for people who wonder why nothing happens. */
  readonly because: string;
}

/**
 * The lowest of what the installation allows (`PORTCULLIS_MAX_MODE`), what the settings say of the
 * check (else of all), and the cluster's tag. A tag only restricts: whoever may tag a cluster is not
 * whoever may change a network. A tag that names no mode restricts to `audit`, as it was meant to
 * restrict and nobody knows how far.
 */
export function effectiveMode(
  maxMode: Mode,
  settings: Pick<Settings, 'mode' | 'checks'>,
  checkId: string,
  tag: string | undefined,
): EffectiveMode {
  const own = Object.hasOwn(settings.checks, checkId) ? settings.checks[checkId]?.mode : undefined;
  const limits: readonly EffectiveMode[] = [
    { mode: maxMode, because: 'PORTCULLIS_MAX_MODE allows no more' },
    own === undefined
      ? { mode: settings.mode, because: 'the settings say so (mode)' }
      : { mode: own, because: `the settings say so (checks.${checkId}.mode)` },
    ...(tag === undefined ? [] : [limitOfTag(tag)]),
  ];
  return limits.reduce((lowest, limit) =>
    modes.indexOf(limit.mode) < modes.indexOf(lowest.mode) ? limit : lowest,
  );
}

function limitOfTag(tag: string): EffectiveMode {
  const mode = modeNamed(tag);
  return mode === undefined
    ? {
        mode: 'audit',
        because: `the tag ${modeTag} is ${JSON.stringify(tag)}, which is none of ${modes.join(', ')}`,
      }
    : { mode, because: `the tag ${modeTag} says so` };
}
