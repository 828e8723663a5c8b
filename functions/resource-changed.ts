import { app } from '@azure/functions';
import type { InvocationContext } from '@azure/functions';
import { processService } from '../shared/compose-service.ts';
import { noteChange } from '../shared/pipeline/note-change.ts';
import { changeIn } from '../shared/pipeline/resource-event.ts';
import { tellTo } from './tell-to.ts';
import { tracedWork } from './traced-work.ts';

app.eventGrid('resource-changed', { handler: resourceChanged });

/** Has the clusters checked that a change concerns. Event Grid waits for the answer, so Azure is not asked. */
async function resourceChanged(event: unknown, context: InvocationContext): Promise<void> {
  const service = processService();
  const change = changeIn(event, service.now());
  if (change === undefined) return;
  try {
    const { resourceId, operation } = change;
    const work = tracedWork({ resourceId, operation }, context);
    const { clusters, discovering } = await service.traced(work, (stores) =>
      noteChange({ ...service, stores }, change),
    );
    tellTo(context)('change noted', { resourceId, operation, clusters, discovering });
  } catch (error) {
    // Event Grid delivers it again.
    context.error('the change was not noted', error);
    throw error;
  }
}
