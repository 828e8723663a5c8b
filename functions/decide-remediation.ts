import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { principalOf } from '../shared/adapters/azure/client-principal.ts';
import { type Decided, decideRemediation } from '../shared/pipeline/decide-remediation.ts';
import { decisionBody, decisionPath } from '../shared/pipeline/messages.ts';
import { configuredService } from './configured-service.ts';
import { tellTo } from './tell-to.ts';

/** `POST remediations/{id}/approve|reject|rollback`, by the hash of the plan. Nothing is changed here. */
export async function decide(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const path = decisionPath.safeParse(request.params['path']).data;
  if (path === undefined)
    return refusal(404, 'POST remediations/{id}/approve, reject or rollback.');
  const json: unknown = await request.json().catch(() => undefined);
  const body = decisionBody.safeParse(json).data;
  if (body === undefined) return refusal(400, 'Send { "hash": …, "because": … } as JSON.');
  const service = configuredService(context);
  if (service === undefined) return refusal(500, 'The configuration is wrong; see the log.');
  const header = request.headers.get('x-ms-client-principal');
  const who = principalOf(header, service.environment.authenticatesCallers);
  const role = path.kind === 'rollback' ? 'Operator' : 'Approver';
  const may = role === 'Operator' ? who?.mayOperate : who?.mayApprove;
  if (who === undefined || may !== true) return refusal(403, `The role ${role} is needed.`);
  const decision = { ...path, ...body, by: who.name };
  return answerTo(await decideRemediation(await service.contextFor(tellTo(context)), decision));
}

function answerTo(decided: Decided): HttpResponseInit {
  if (decided.kind === 'decided') return { jsonBody: decided.head };
  if (decided.kind === 'conflict') return refusal(409, decided.because);
  return refusal(404, 'There is no such remediation.');
}

function refusal(status: number, error: string): HttpResponseInit {
  return { status, jsonBody: { error } };
}
