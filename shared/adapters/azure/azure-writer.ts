import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenCredential } from '@azure/core-auth';
import {
  createHttpHeaders,
  createPipelineRequest,
  RestError,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import type { ArmWrite, AzureWriter, WriteAnswer } from '../../remediation/arm-write.ts';
import { acceptedKind } from './accepted-write.ts';
import { AzureError, SignInError, azureErrorOf, saidIn } from './azure-error.ts';
import type { Json } from './azure-clients.ts';
import type { Cloud } from './cloud.ts';
import { type OperationPatience, operationEnd } from './operation-end.ts';
import { ownHostsPolicy } from './own-hosts-policy.ts';
import { type Patience, askedWait, defaultPatience, patiencePolicy } from './patience-policies.ts';
import { type Clock, machineClock, quotaLimiter } from './quota-limiter.ts';
import { restPipeline } from './rest-pipeline.ts';
import { type Answered, isAbsent, writeAnswerOf } from './write-answers.ts';

export interface AzureWriterOptions {
  readonly cloud: Cloud;
  /** Whoever may change something: never the one that reads. */
  readonly credential: TokenCredential;
  /** Names the program to Azure: `portcullis/1.2.3`. */
  readonly userAgent: string;
  readonly patience?: Partial<Patience>;
  readonly operations?: Partial<OperationPatience>;
  /** By which requests wait for Azure's quotas; this machine's where absent. */
  readonly clock?: Clock;
}

const defaultOperations: OperationPatience = {
  wait: (milliseconds) => sleep(milliseconds),
  pollMs: 2_000,
  mostMs: 300_000,
};

/**
 * Resource Manager, to be changed. The requests of a plan are sent as they were approved, through
 * Microsoft's pipeline instead of the SDKs' typed operations: those send an API version of their own,
 * drop members they do not know, fold 201 into 200, which says whose a rule is, and send again where an
 * answer is lost, which turns the one into the other. Each waits until Azure has room for it: whoever
 * changes something has quotas of its own, for each subscription and kind of request.
 */
export function azureWriter(options: AzureWriterOptions): AzureWriter {
  const { cloud, credential, userAgent, clock = machineClock } = options;
  const patience = { ...defaultPatience, ...options.patience };
  const operations = { ...defaultOperations, ...options.operations };
  const scope = `${cloud.arm}/.default`;
  const shared = {
    userAgentOptions: { userAgentPrefix: userAgent },
    retryOptions: { maxRetries: patience.maxRetries, retryDelayInMs: patience.retryDelayMs },
    ...(cloud.ca === undefined ? {} : { tlsOptions: { ca: cloud.ca } }),
  };
  const own = ownHostsPolicy([cloud.arm]);
  // However long Azure asks us to stay away, it has answered, so the answer is not lost.
  const unhurried = patiencePolicy({ ...patience, retryAfterMs: Number.POSITIVE_INFINITY });
  // Nobody shares these quotas, so that nothing of them is kept for anybody.
  const inTurn = quotaLimiter(clock, cloud.graph, patience.retryAfterMs).policy('check');
  const sendOnce = restPipeline(credential, scope, shared, [inTurn, own, unhurried], 'once');
  const ask = restPipeline(
    credential,
    scope,
    shared,
    [inTurn, own, patiencePolicy(patience)],
    'untilAnswered',
  );

  function get(url: string): Promise<PipelineResponse> {
    const headers = createHttpHeaders({ accept: 'application/json' });
    return ask(createPipelineRequest({ url, method: 'GET', headers }));
  }

  async function answerTo(request: ArmWrite): Promise<WriteAnswer> {
    const response = await sendOnce(requestOf(request, cloud));
    const answer = writeAnswerOf(request, answeredIn(response));
    if (response.status < 300) {
      const end = await operationEnd(response, get, operations);
      return end.kind === 'succeeded' ? answer : { kind: 'lost', says: end.says };
    }
    const pause = answer.kind === 'busy' ? askedWait(response) : 0;
    // Whoever tries again at once after this has stayed away for as long as Azure asked.
    if (pause > 0 && pause <= patience.retryAfterMs) await operations.wait(pause);
    return answer;
  }

  return {
    async read(request) {
      acceptedKind(request);
      const response = await get(`${cloud.arm}${request.url}`).catch((error: unknown) => {
        throw azureErrorOf(error);
      });
      if (isAbsent(answeredIn(response))) return undefined;
      if (response.status !== 200) throw azureErrorOf(restErrorOf(response));
      return propertiesIn(response.bodyAsText);
    },
    async send(request) {
      acceptedKind(request);
      try {
        return await answerTo(request);
      } catch (error) {
        const known = azureErrorOf(error);
        // Without a token nothing was sent.
        if (known instanceof SignInError) return { kind: 'refused', says: known.message };
        if (known instanceof AzureError) return { kind: 'lost', says: known.message };
        throw known;
      }
    },
  };
}

function requestOf({ method, url, body, ifMatch }: ArmWrite, cloud: Cloud): PipelineRequest {
  return createPipelineRequest({
    url: `${cloud.arm}${url}`,
    method,
    headers: createHttpHeaders({
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch === null ? {} : { 'if-match': ifMatch }),
    }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function answeredIn({ status, bodyAsText }: PipelineResponse): Answered {
  return { status, said: saidIn(bodyAsText) };
}

function restErrorOf(response: PipelineResponse): RestError {
  const { status, request } = response;
  return new RestError(`it answered ${status}`, { statusCode: status, request, response });
}

/** @throws AzureError where the answer is no resource. */
function propertiesIn(text: string | null | undefined): Json {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    const properties: unknown =
      typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'properties') : undefined;
    if (typeof properties === 'object' && properties !== null) return { ...properties };
  } catch (error) {
    throw new AzureError('unavailable', 'the answer is no JSON', { cause: error });
  }
  throw new AzureError('unavailable', 'the answer is no resource with properties');
}
