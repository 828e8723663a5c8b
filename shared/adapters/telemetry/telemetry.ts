import type { AlertMessage } from '../../model/alert.ts';
import { SinkError } from '../../ports.ts';

/** A piece of work that has ended. */
export interface EndedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly succeeded: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Where spans and alert events are sent. */
export interface Telemetry {
  /** Puts a span aside to be sent with others. */
  span(span: EndedSpan): void;
  /** Sends an alert as a custom event and a metric. @throws SinkError where it was not taken. */
  alert(message: AlertMessage, signal: AbortSignal): Promise<void>;
}

/** Loads what speaks to Application Insights; it takes longer than everything else at the start. */
export type LoadTelemetry = (connectionString: string) => Promise<Telemetry>;

/**
 * Telemetry that is loaded when the first span has ended, or the first alert is sent, so that nobody
 * waits for it at the start; and never where there is no connection string.
 */
export function lazyTelemetry(
  connectionString: string | undefined,
  load: LoadTelemetry,
  onProblem: (why: string) => void,
): Telemetry {
  let loading: Promise<Telemetry> | undefined;
  const loaded = (given: string) => (loading ??= load(given));
  return {
    span(span) {
      if (connectionString === undefined) return;
      loaded(connectionString).then(
        (telemetry) => telemetry.span(span),
        (error: unknown) => onProblem(`telemetry could not be loaded: ${String(error)}`),
      );
    },
    async alert(message, signal) {
      if (connectionString === undefined) {
        throw new SinkError('the app setting APPLICATIONINSIGHTS_CONNECTION_STRING is not set');
      }
      await (await loaded(connectionString)).alert(message, signal);
    },
  };
}
