import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { RouteName } from '../shared/api/routes.ts';
import { checks } from './checks.ts';
import { healthAnswer } from './health-answer.ts';
import { latestReport } from './latest-report.ts';

type Answering = (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>;

/** What is answered without the stores, or before anybody knows whether they are there. */
export const ownAnswers: Partial<Record<RouteName, Answering>> = {
  checks,
  health: healthAnswer,
  latestReport,
};
