import type { Route } from '../alerts/hear.ts';
import { resourceId } from '../model/resource-id.ts';
import { severities } from '../model/verdict.ts';
import { nameOfSink } from '../settings/alert-settings.ts';
import { effectiveMode } from '../settings/effective-mode.ts';
import type { Mode } from '../settings/mode.ts';
import type { Settings } from '../settings/settings.ts';

/** Who hears of what. */
export interface AlertRoutes {
  /** By the name of the sink. */
  readonly sinks: ReadonlyMap<string, Route>;
  /** What is an alert at all: what any sink may hear of. */
  readonly everybody: Route;
}

/**
 * The routes that the settings describe, for a cluster with the mode that its tag allows. Where the
 * mode is `audit`, nobody is told of anything.
 */
export function alertRoutes(
  settings: Settings,
  maxMode: Mode,
  modeTag: string | undefined,
): AlertRoutes {
  const { minimumSeverity, sinks } = settings.alerts;
  const mayTell = (checkId: string) =>
    effectiveMode(maxMode, settings, checkId, modeTag).mode !== 'audit';
  const mildest = [minimumSeverity, ...sinks.map((each) => each.minimumSeverity ?? minimumSeverity)]
    .toSorted((a, b) => severities.indexOf(a) - severities.indexOf(b))
    .at(-1);
  return {
    sinks: new Map(
      sinks.map((sink) => [
        nameOfSink(sink),
        {
          minimumSeverity: sink.minimumSeverity ?? minimumSeverity,
          mayTell,
          ...(sink.scopes === undefined ? {} : { scopes: sink.scopes.map(resourceId) }),
        },
      ]),
    ),
    everybody: { minimumSeverity: mildest ?? minimumSeverity, mayTell },
  };
}
