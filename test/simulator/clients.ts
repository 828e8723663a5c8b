import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { NetworkManagementClient } from '@azure/arm-network';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import type { TokenCredential } from '@azure/core-auth';
import {
  type PipelineResponse,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  tlsPolicy,
} from '@azure/core-rest-pipeline';
import type { Simulator } from '../../simulator/start-simulator.ts';

/** A credential that holds this token. */
function holding(token: string): TokenCredential {
  return {
    getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
}

/** Microsoft's clients of a simulator, their pipelines untouched, for the reader or a principal. */
export function clientsOf(simulator: Simulator, objectId = simulator.reader.objectId) {
  const credential = holding(simulator.tokenOf(objectId));
  const options = {
    endpoint: simulator.https,
    tlsOptions: { ca: simulator.caPem },
    retryOptions: { maxRetries: 0 },
  };
  return {
    graph: new ResourceGraphClient(credential, options),
    network: (subscription: string) =>
      new NetworkManagementClient(credential, subscription, options),
    authorization: (subscription: string) =>
      new AuthorizationManagementClient(credential, subscription, options),
  };
}

/** One request, as it is. */
export function send(
  simulator: Simulator,
  path: string,
  more: {
    readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
    readonly headers?: Readonly<Record<string, string>>;
    readonly token?: string | null;
    readonly body?: unknown;
    readonly timeout?: number;
    readonly plain?: boolean;
  } = {},
): Promise<PipelineResponse> {
  const { token = simulator.tokenOf(simulator.reader.objectId), body, plain = false } = more;
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(tlsPolicy({ ca: simulator.caPem }));
  return pipeline.sendRequest(
    createDefaultHttpClient(),
    createPipelineRequest({
      url: path.startsWith('http') ? path : `${plain ? simulator.http : simulator.https}${path}`,
      method: more.method ?? 'GET',
      headers: createHttpHeaders({
        'Content-Type': 'application/json',
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...more.headers,
      }),
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      timeout: more.timeout ?? 10_000,
      allowInsecureConnection: plain,
    }),
  );
}

/** What came back, its body read; the tests say what they expect of it. */
export function jsonOf({ status, headers, bodyAsText }: PipelineResponse) {
  return { status, headers, json: JSON.parse(bodyAsText ?? '') };
}
