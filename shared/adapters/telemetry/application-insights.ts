import { AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter';
import type { TokenCredential } from '@azure/core-auth';
import { type HttpClient, createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { TelemetryClient } from 'applicationinsights';
import { customEvent } from '../../alerts/custom-event.ts';
import { SinkError } from '../../ports.ts';
import type { EndedSpan, Telemetry } from './telemetry.ts';

/** Spans wait so long for others before they are sent. */
const batchMs = 1000;

export interface InsightsOptions {
  /** Whoever may send; without one, the key in the connection string says so. */
  readonly credential?: TokenCredential;
  readonly http?: HttpClient;
}

/**
 * Application Insights by its connection string. Nothing is measured by itself, and nothing is put on
 * disk: what was not taken is said so, and the outbox keeps it.
 */
export function applicationInsights(
  connectionString: string,
  { credential, http = createDefaultHttpClient() }: InsightsOptions = {},
): Telemetry {
  const watched = watchedClient(http);
  const exporting = {
    connectionString,
    ...(credential === undefined ? {} : { credential }),
    disableOfflineStorage: true,
    httpClient: watched.client,
    retryOptions: { maxRetries: 0 },
  };
  const client = new TelemetryClient(connectionString, { useGlobalProviders: false });
  client.config.azureMonitorOpenTelemetryOptions = { azureMonitorExporterOptions: exporting };
  client.initialize();
  const recordSpan = spanRecorder(
    new BatchSpanProcessor(new AzureMonitorTraceExporter({ ...exporting, httpClient: http }), {
      scheduledDelayMillis: batchMs,
    }),
  );
  let before: Promise<unknown> = Promise.resolve();
  return {
    span: recordSpan,
    alert(message, signal) {
      // One at a time: what the receiver answers is the answer to this one.
      const sending = before.then(async () => {
        signal.throwIfAborted();
        watched.begin(signal);
        const { name, properties, measurements, metric } = customEvent(message);
        client.trackEvent({ name, properties: { ...properties }, measurements });
        client.trackMetric(metric);
        await Promise.race([client.flush(), aborted(signal)]);
        const why = watched.end();
        if (why !== undefined) throw new SinkError(`Application Insights ${why}`);
      });
      before = sending.then(
        () => {},
        () => watched.end(),
      );
      return sending.catch((error: unknown) => {
        if (error instanceof SinkError) throw error;
        throw new SinkError('Application Insights did not answer in time', { cause: error });
      });
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new SinkError('Application Insights did not answer in time'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** A client that remembers whether everything it sent was taken. */
function watchedClient(inner: HttpClient) {
  let deadline: AbortSignal | undefined;
  let taken = 0;
  let refused: string | undefined;
  const client: HttpClient = {
    async sendRequest(request) {
      // Else a request that hangs would keep the next ones waiting.
      if (deadline !== undefined) request.abortSignal = deadline;
      try {
        const response = await inner.sendRequest(request);
        // 206: some of it was not taken.
        if (response.status === 200) taken += 1;
        else refused ??= `answered ${response.status}`;
        return response;
      } catch (error) {
        refused ??= 'could not be reached';
        throw error;
      }
    },
  };
  return {
    client,
    begin(signal: AbortSignal) {
      deadline = signal;
      taken = 0;
      refused = undefined;
    },
    /** Why something was not taken; undefined where all was. */
    end() {
      deadline = undefined;
      return refused ?? (taken === 0 ? 'was not asked' : undefined);
    },
  };
}

/** Writes spans that have ended, under the ids that they have already. */
function spanRecorder(processor: BatchSpanProcessor): (span: EndedSpan) => void {
  let next = { traceId: '', spanId: '' };
  const provider = new BasicTracerProvider({
    spanProcessors: [processor],
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId },
  });
  const tracer = provider.getTracer('portcullis');
  return ({ name, traceId, spanId, parentId, startedAt, endedAt, succeeded, attributes }) => {
    next = { traceId, spanId };
    const parent =
      parentId === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentId, traceFlags: 1 });
    // The kind of which Application Insights keeps the name.
    const kind = SpanKind.SERVER;
    const span = tracer.startSpan(name, { kind, startTime: startedAt, attributes }, parent);
    span.setStatus({ code: succeeded ? SpanStatusCode.OK : SpanStatusCode.ERROR });
    span.end(endedAt);
  };
}
