import { type Paint, ansiPaint, plainPaint } from '../shared/reports/paint.ts';
import type { Outlet, World } from './world.ts';

/**
 * Colours for an outlet: `--no-color` and NO_COLOR (no-color.org) switch them off, FORCE_COLOR on;
 * otherwise a terminal has them and a file or pipe has not.
 */
export function paintFor(outlet: Outlet, env: World['env'], noColor: boolean): Paint {
  if (noColor || isSet(env['NO_COLOR'])) return plainPaint;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced === '0' || forced === 'false' ? plainPaint : ansiPaint;
  return outlet.isTerminal && env['TERM'] !== 'dumb' ? ansiPaint : plainPaint;
}

/** Columns of the outlet, 80 where nothing says. */
export function widthOf(outlet: Outlet, env: World['env']): number {
  const told = Number(env['COLUMNS']);
  return outlet.columns ?? (Number.isInteger(told) && told > 0 ? told : 80);
}

/** The columns that text for reading takes: neither too narrow for names nor too wide for eyes. */
export function readableWidth(outlet: Outlet, env: World['env']): number {
  return Math.min(160, Math.max(60, widthOf(outlet, env)));
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
