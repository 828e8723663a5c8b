import { app } from '@azure/functions';
import { answerApi } from './answer-api.ts';

/** The JSON API for programs, by function key; docs/api.md lists what there is. */
app.http('api', {
  methods: ['GET', 'POST'],
  authLevel: 'function',
  route: 'api/{*path}',
  handler: (request, context) => answerApi(request.params['path'] ?? '', request, context, 'key'),
});
