import { app } from '@azure/functions';
import { healthAnswer } from './health-answer.ts';

// Probes carry no key, and the answer tells nothing about anyone's estate.
app.http('health', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'api/health',
  handler: healthAnswer,
});
