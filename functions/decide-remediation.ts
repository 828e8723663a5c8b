import type { HttpHandler, HttpRequest, InvocationContext } from '@azure/functions';
import { principalOf } from '../shared/adapters/azure/client-principal.ts';
import { type Decision, decideRemediation } from '../shared/pipeline/decide-remediation.ts';
import { decisionBody, decisionPath } from '../shared/pipeline/messages.ts';
import { configuredService } from './configured-service.ts';
import { decisionAnswer, refusal } from './decision-answer.ts';
import { tellTo } from './tell-to.ts';

type Asked = Pick<Decision, 'id' | 'kind'>;

/** What answers `POST remediations/{id}/approve|reject|rollback`; undefined for other paths. */
export function deciding(path: string): HttpHandler | undefined {
  const asked = decisionPath.safeParse(path).data;
  return asked === undefined ? undefined : (request, context) => decide(asked, request, context);
}

/** Writes the decision down, by the hash of the plan. Nothing is changed here. */
async function decide(asked: Asked, request: HttpRequest, context: InvocationContext) {
  const json: unknown = await request.json().catch(() => undefined);
  const body = decisionBody.safeParse(json).data;
  if (body === undefined) return refusal(400, 'Send { "hash": …, "because": … } as JSON.');
  const service = configuredService(context);
  if (service === undefined) return refusal(500, 'The configuration is wrong; see the log.');
  const header = request.headers.get('x-ms-client-principal');
  const who = principalOf(header, service.environment.authenticatesCallers);
  const role = asked.kind === 'rollback' ? 'Operator' : 'Approver';
  const may = role === 'Operator' ? who?.mayOperate : who?.mayApprove;
  if (who === undefined || may !== true) return refusal(403, `The role ${role} is needed.`);
  const decision = { ...asked, ...body, by: who.name };
  const decided = await decideRemediation(await service.contextFor(tellTo(context)), decision);
  return decisionAnswer(decided);
}
