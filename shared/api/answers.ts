import { type Admitted, type Refused, bodyIn } from './admit.ts';
import { acknowledge, alerts } from './alert-answers.ts';
import { cluster, clusters, clustersCsv, facets } from './cluster-answers.ts';
import type { Answering, ApiContext, CsvReply, JsonReply } from './context.ts';
import { finding, findings, findingsCsv } from './finding-answers.ts';
import { explanation, whatIf } from './live-answers.ts';
import { overview } from './overview-answer.ts';
import { approve, reject, remediation, remediations, rollback } from './remediation-answers.ts';
import { rollbackPreview } from './rollback-preview.ts';
import type { RouteName } from './routes.ts';
import { scan, scans, trends } from './scan-answers.ts';
import { check, me, openapi, settings } from './service-answers.ts';

/** All but what the functions answer without the stores, or before anybody knows whether they are there. */
type Answered = Exclude<RouteName, 'checks' | 'health' | 'latestReport'>;

const answers: { readonly [N in Answered]: Answering<N> } = {
  acknowledge,
  alerts,
  approve,
  check,
  cluster,
  clusters,
  clustersCsv,
  explanation,
  facets,
  finding,
  findings,
  findingsCsv,
  me,
  openapi,
  overview,
  reject,
  remediation,
  remediations,
  rollback,
  rollbackPreview,
  scan,
  scans,
  settings,
  trends,
  whatIf,
};

/** Any of them: what it is asked has been parsed by the schemas that its type is made of. */
type AnyAnswering = (
  context: ApiContext,
  question: Pick<Admitted, 'params' | 'query' | 'caller'> & { readonly body: unknown },
) => Promise<JsonReply<unknown> | CsvReply | Refused>;

/** Whether a request is answered here. */
export function isAnswered(name: RouteName): name is Answered {
  return Object.hasOwn(answers, name);
}

/** Answers a request that was admitted; `text` is its body. */
export async function answer(
  context: ApiContext,
  { route, params, query, caller }: Admitted,
  name: Answered,
  text: string,
): Promise<JsonReply<unknown> | CsvReply | Refused> {
  const parsed = route.body === undefined ? undefined : bodyIn(route.body, text);
  if (parsed?.kind === 'refused') return parsed;
  const answering = answers[name] as unknown as AnyAnswering;
  return answering(context, { params, query, caller, body: parsed?.body });
}
