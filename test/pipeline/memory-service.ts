/** The service without a host: stores in memory, a clock of its own, and queues that a test empties. */
import { memoryReports } from '../../shared/adapters/store/memory-reports.ts';
import type { Received } from '../../shared/adapters/store/memory-queues.ts';
import { memoryStores } from '../../shared/adapters/store/stores.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import type { Transition } from '../../shared/model/finding.ts';
import type { AlertMessage } from '../../shared/model/alert.ts';
import { checkCluster, discover } from '../../shared/pipeline/check-cluster.ts';
import { takeDeadLetter } from '../../shared/pipeline/dead-letters.ts';
import { deliverAlert } from '../../shared/pipeline/deliver-alert.ts';
import {
  alertMessageKey,
  checkMessage,
  messageIn,
  remediationMessage,
  shardMessage,
} from '../../shared/pipeline/messages.ts';
import { remediateFinding } from '../../shared/pipeline/remediate-finding.ts';
import type { AzureWriter } from '../../shared/remediation/arm-write.ts';
import type { Mode } from '../../shared/settings/mode.ts';
import { scanShard } from '../../shared/pipeline/scan-shard.ts';
import type { ServiceContext } from '../../shared/pipeline/service-context.ts';
import { memorySpool } from '../../shared/reports/json-report.ts';
import { type Report, parseReport } from '../../shared/reports/report.ts';
import { nameOfSink } from '../../shared/settings/alert-settings.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { type QueueName, queueNames } from '../../shared/store-ports.ts';

export function memoryService(
  tenant: Pick<ServiceContext, 'tenant' | 'calls'>,
  settings: unknown,
  start = '2026-11-24T02:00:00.000Z',
  checks: ServiceContext['catalogue'] = catalogue,
  remediator: { readonly maxMode: Mode; open(): Promise<AzureWriter> } = {
    maxMode: 'alert',
    open: () => Promise.reject(new Error('nobody may change anything here')),
  },
) {
  let at = Date.parse(start);
  let ids = 0;
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const now = () => new Date(at);
  const stores = memoryStores(now);
  const reports = memoryReports(now);
  const told: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] =
    [];
  /** What the sinks took, by their names; a test may put another sink in their place. */
  const heard: { readonly sink: string; readonly message: AlertMessage }[] = [];
  const context: ServiceContext = {
    cloud: 'public',
    ...tenant,
    stores,
    remediations: stores.remediations,
    maxMode: remediator.maxMode,
    wait: async () => {},
    reports,
    catalogue: checks,
    settings: async () => parsed.settings,
    now,
    checkDelayMs: 30_000,
    newId: () => `id-${(ids += 1)}`,
    spool: memorySpool,
    tell: (message, fields) => told.push({ message, fields }),
    sinkOf: (sink) => ({
      async send(message) {
        heard.push({ sink: nameOfSink(sink), message });
      },
    }),
    alertPlaces: { portal: 'https://portal.azure.com' },
    deadline: () => new AbortController().signal,
  };

  async function handle(queue: string, text: string): Promise<void> {
    const message: unknown = JSON.parse(text);
    if (queue === 'scan-shards') {
      await scanShard(context, messageIn(shardMessage, message));
    } else if (queue === 'cluster-checks') {
      const check = messageIn(checkMessage, message);
      if ('discover' in check) await discover(context, check.discover);
      else await checkCluster(context, check);
    } else if (queue === 'remediations') {
      const asked = messageIn(remediationMessage, message);
      const access = { identity: 'remediator', open: () => remediator.open() };
      told.push({
        message: 'remediation ended',
        fields: { outcome: await remediateFinding(context, access, asked) },
      });
    } else if (queue === 'alerts') {
      await deliverAlert(context, messageIn(alertMessageKey, message));
    } else {
      // The queues of this host are those of the list, and their poison queues.
      await takeDeadLetter(context, queue.replace(/-poison$/, '') as QueueName, message);
    }
  }

  /** Gives every message that is visible now to its handler, in the order that `shuffled` gives. */
  async function serveVisible(shuffled: (batch: readonly Received[]) => readonly Received[]) {
    const all = queueNames.flatMap((queue) => [queue, `${queue}-poison`]);
    const batch = shuffled(all.flatMap((queue) => stores.queues.receive(queue, 600_000)));
    await Promise.all(
      batch.map(async (message) => {
        try {
          await handle(message.queue, message.text);
          stores.queues.complete(message);
        } catch (error) {
          told.push({ message: 'failed', fields: { queue: message.queue, error } });
          stores.queues.fail(message, 5);
        }
      }),
    );
    return batch.length;
  }

  return {
    context,
    stores,
    told,
    heard,
    now,
    /** Time passes. */
    pass: (ms: number): void => {
      at += ms;
    },
    serveVisible,
    /** Serves until no message is left, time passing as they need it. */
    drain: async (
      shuffled: (batch: readonly Received[]) => readonly Received[] = (batch) => batch,
    ): Promise<void> => {
      for (;;) {
        if ((await serveVisible(shuffled)) > 0) continue;
        const next = stores.queues.nextAt();
        if (next === undefined) return;
        at = Math.max(at + 1, next);
      }
    },
    report: async (): Promise<Report> => {
      const stored = await reports.latest();
      if (stored === undefined) throw new Error('no report was saved');
      const chunks: Uint8Array[] = [];
      for await (const chunk of stored.read()) chunks.push(chunk);
      return parseReport(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    },
    /** Every finding by fingerprint, without the moments at which it was read. */
    findings: async () => {
      const found = new Map<string, object>();
      for (let from: string | undefined, more = true; more;) {
        const page = await stores.findings.page(100, from);
        for (const { fingerprint, checkId, clusterId, state, severity } of page.items) {
          found.set(fingerprint, { checkId, clusterId, state, severity });
        }
        from = page.next;
        more = from !== undefined;
      }
      return found;
    },
    undelivered: async (): Promise<readonly Transition[]> => {
      const all: Transition[] = [];
      for await (const one of stores.findings.undelivered()) all.push(one);
      return all;
    },
  };
}
