import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createPipelineFromOptions,
  redirectPolicyName,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';

/** What a pipeline of Microsoft's is made from. */
export type PipelineOptions = Parameters<typeof createPipelineFromOptions>[0];

/** Sends a request as it is, signed in; rejects where no answer comes. */
export type SendRequest = (request: PipelineRequest) => Promise<PipelineResponse>;

/**
 * Microsoft's pipeline with a sign-in, for what no operation of an SDK fits; the policies see each
 * attempt. Where it sends `once`, neither a lost answer nor a redirection makes it send again.
 */
export function restPipeline(
  credential: TokenCredential,
  scope: string,
  options: PipelineOptions,
  perAttempt: readonly PipelinePolicy[],
  sends: 'once' | 'untilAnswered',
): SendRequest {
  const pipeline = createPipelineFromOptions(options);
  if (sends === 'once') {
    pipeline.removePolicy({ phase: 'Retry' });
    pipeline.removePolicy({ name: redirectPolicyName });
  }
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: scope }), {
    phase: 'Sign',
  });
  for (const policy of perAttempt) pipeline.addPolicy(policy, { afterPhase: 'Sign' });
  const http = createDefaultHttpClient();
  return (request) => pipeline.sendRequest(http, request);
}
