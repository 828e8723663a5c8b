import {
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  createServer as createHttpServer,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { type AnswerOptions, createAnswers } from './answers.ts';
import { throwawayCertificate } from './http/certificate.ts';
import { respond } from './http/respond.ts';
import { type Call, collapsed, failure } from './http/wire.ts';
import { type SimulatedRequest, type Trouble, isWrite } from './control.ts';
import { createEventGrid } from './event-grid/event-grid.ts';
import {
  type Caller,
  type Identity,
  callerWith,
  estateOperator,
  estateReader,
  estateRemediator,
  estateRival,
  tokenOf,
} from './identity/callers.ts';
import type { Interfered } from './adversaries.ts';
import type { Misfortune } from './http/faults.ts';
import { createSchedule } from './tenant/schedule.ts';
import { snapshotOf } from './tenant/snapshot.ts';
import { type Row, createTenant } from './tenant/tenant.ts';

/** What a simulator is started with. */
export interface SimulatorOptions extends AnswerOptions {
  /** An estate: rows as Resource Graph, Resource Manager or Microsoft Graph give them. */
  readonly rows: readonly Row[];
  /** 0 or absent: any free port. */
  readonly ports?: { readonly https?: number; readonly http?: number };
  readonly now?: () => Date;
}

/** A simulator at work. */
export interface Simulator {
  /** `https://localhost:12345` */
  readonly https: string;
  readonly http: string;
  /** The certificate that clients must trust. */
  readonly caPem: string;
  /** What `PORTCULLIS_CLOUD` takes as a file. */
  readonly cloud: {
    readonly arm: string;
    readonly graph: string;
    readonly authority: string;
    readonly ca: string;
  };
  /** What a client signs in with to read the estate. */
  readonly reader: Identity;
  /** What a client signs in with to put the estate right. */
  readonly remediator: Identity;
  /** A token of the principal with this object id. */
  tokenOf(objectId: string): string;
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly SimulatedRequest[];
  /** Those of them that ask for a change, of everybody or of one principal, refused ones too. */
  writes(objectId?: string): readonly SimulatedRequest[];
  /** Has these things go wrong from now on, and nothing else. */
  trouble(trouble: Trouble): void;
  /** What adversaries have done so far, in its order. */
  readonly interfered: readonly Interfered[];
  /** What befell requests so far, in its order. */
  readonly befallen: readonly Misfortune[];
  /** Puts rows into the estate, or in the place of those with their ids, and takes others away, as if somebody had. */
  replant(changed: { readonly put: readonly Row[]; readonly removed: readonly string[] }): void;
  /** The rows of the estate as they are. */
  rows(): readonly Row[];
  /** Everything in the estate but ETags, as text, to be compared. */
  snapshot(): string;
  /** Who may change anything. */
  readonly operator: Caller;
  /** Who adversaries are. */
  readonly rival: Caller;
  /** Resolves when every event so far has been delivered, or nobody takes it any more. */
  eventsDelivered(): Promise<void>;
  /** Ends every connection. */
  stop(): Promise<void>;
  /** Resolves when it has been stopped. */
  readonly stopped: Promise<void>;
}

/** Starts an Azure that holds the estate, on 127.0.0.1 only. Rejects where a port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { ports = {}, now = () => new Date() } = options;
  const certificate = await throwawayCertificate();
  const eventGrid = createEventGrid(options.events ?? {}, now);
  const tenant = createTenant(options.rows);
  const schedule = createSchedule(now);
  const requests: SimulatedRequest[] = [];
  const writes = (objectId?: string): readonly SimulatedRequest[] =>
    requests.filter(
      (request) => isWrite(request) && (objectId ?? request.caller) === request.caller,
    );
  const snapshot = (): string => snapshotOf(tenant);
  const world = { tenant, now, eventGrid, schedule, writes, snapshot };
  const answers = createAnswers(world, options);

  async function serve(
    scheme: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const call = await callOf(request, scheme);
    const at = now();
    const { answer, does, caller } = answers.answer(call, at);
    const unanswered = does?.kind === 'hang' || does?.kind === 'reset';
    requests.push({
      method: call.method,
      path: call.path,
      query: call.query.toString(),
      body: call.body,
      status: unanswered ? undefined : answer.status,
      caller,
      at,
    });
    await respond(response, answer, does);
  }

  const listenerFor =
    (scheme: string): RequestListener =>
    (request, response) => {
      serve(scheme, request, response).catch((error: unknown) => {
        // A client that went away while it was sending waits for nothing.
        if (response.destroyed || response.headersSent) return;
        const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
        void respond(response, failure(500, 'SimulatorDefect', why), undefined);
      });
    };

  const stopping = Promise.withResolvers<void>();
  const servers = {
    https: createHttpsServer(certificate, listenerFor('https')),
    http: createHttpServer(listenerFor('http')),
  };
  const stop = async (): Promise<void> => {
    schedule.stop();
    await eventGrid.stop();
    await Promise.all(Object.values(servers).map(close));
    stopping.resolve();
  };
  const [httpsPort, httpPort] = await Promise.all([
    listen(servers.https, ports.https ?? 0),
    listen(servers.http, ports.http ?? 0),
  ]).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const https = `https://localhost:${httpsPort}`;
  return {
    https,
    http: `http://localhost:${httpPort}`,
    caPem: certificate.cert,
    cloud: { arm: https, graph: https, authority: https, ca: certificate.cert },
    reader: estateReader,
    remediator: estateRemediator,
    tokenOf: (objectId) =>
      tokenOf(callerWith(objectId), https, `${https}/${estateReader.tenantId}/`, now()),
    requests,
    writes,
    trouble: answers.trouble,
    interfered: answers.interfered,
    befallen: answers.befallen,
    replant({ put, removed }) {
      for (const id of removed) {
        const resource = tenant.byId(id);
        if (resource !== undefined) tenant.remove(resource, now());
      }
      for (const row of put) tenant.put(row, now());
    },
    rows: () => tenant.resources.map(({ row }) => row),
    snapshot,
    operator: estateOperator,
    rival: estateRival,
    eventsDelivered: () => eventGrid.delivered(),
    stop,
    stopped: stopping.promise,
  };
}

async function callOf(request: IncomingMessage, scheme: string): Promise<Call> {
  const origin = `${scheme}://${request.headers.host ?? 'localhost'}`;
  // A path that begins with two slashes would be read as a host.
  const url = new URL(`${origin}${collapsedTarget(request.url ?? '/')}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const path = collapsed(url.pathname);
  return {
    method: request.method ?? 'GET',
    path,
    segments: path.split('/').filter(Boolean).map(decoded),
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
    origin,
  };
}

function collapsedTarget(target: string): string {
  const [path = '/', ...query] = target.split('?');
  return [collapsed(path), ...query].join('?');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    // A stray percent sign is part of a name that nothing has.
    if (error instanceof URIError) return segment;
    throw error;
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      // A server that listens on a port has an address of this form.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server & { closeAllConnections(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
