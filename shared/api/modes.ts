import { type EffectiveMode, effectiveMode } from '../settings/effective-mode.ts';
import type { ApiContext, SettingsReading } from './context.ts';

/**
 * The most that may be done about a failing check, on the cluster with this tag. With settings that
 * cannot be used, nothing is.
 */
export function modeNow(
  { maxMode }: Pick<ApiContext, 'maxMode'>,
  { settings, from }: SettingsReading,
  { checkId = '', tag }: { readonly checkId?: string; readonly tag?: string | undefined } = {},
): EffectiveMode {
  return settings === undefined
    ? { mode: 'audit', because: `${from} cannot be used; the settings say why` }
    : effectiveMode(maxMode, settings, checkId, tag);
}
