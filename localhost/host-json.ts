import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of host.json this host follows, with the defaults of the Functions host. */
export interface HostSettings {
  /** What stands before every route. */
  readonly routePrefix: string;
  readonly queues: QueueSettings;
}

export interface QueueSettings {
  readonly batchSize: number;
  /** More messages are taken when no more than this are being handled. */
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  /** Between a failure and the next attempt. */
  readonly retryAfterSeconds: number;
  readonly longestPauseMs: number;
  readonly isBase64: boolean;
}

/** https://learn.microsoft.com/azure/azure-functions/functions-host-json @throws Error where a duration is none. */
export function readHostJson(folder: string): HostSettings {
  const host: HostJson = JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8'));
  const { http = {}, queues = {} } = host.extensions ?? {};
  const { batchSize = 16, maxDequeueCount = 5, messageEncoding = 'base64' } = queues;
  return {
    routePrefix: http.routePrefix ?? 'api',
    queues: {
      batchSize,
      newBatchThreshold: queues.newBatchThreshold ?? Math.floor(batchSize / 2),
      maxDequeueCount,
      retryAfterSeconds: secondsIn(queues.visibilityTimeout ?? '00:00:00'),
      longestPauseMs: secondsIn(queues.maxPollingInterval ?? '00:01:00') * 1000,
      isBase64: messageEncoding === 'base64',
    },
  };
}

interface HostJson {
  readonly extensions?: {
    readonly http?: { readonly routePrefix?: string };
    readonly queues?: {
      readonly batchSize?: number;
      readonly newBatchThreshold?: number;
      readonly maxDequeueCount?: number;
      readonly visibilityTimeout?: string;
      readonly maxPollingInterval?: string;
      readonly messageEncoding?: 'base64' | 'none';
    };
  };
}

function secondsIn(duration: string): number {
  const [, hours, minutes, seconds] = /^(\d\d):(\d\d):(\d\d(?:\.\d+)?)$/.exec(duration) ?? [];
  if (hours === undefined) {
    throw new Error(`host.json: the duration "${duration}" must be written hh:mm:ss`);
  }
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
