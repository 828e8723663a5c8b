import { app } from '@azure/functions';
import { keepHouse } from '../shared/pipeline/housekeeping.ts';
import { step } from './step.ts';

/** Puts right what a process that ended in the middle left behind. */
app.timer('housekeeping', {
  schedule: '0 */5 * * * *',
  handler: step('housekeeping', (service) => keepHouse(service)),
});
