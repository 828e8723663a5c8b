import { app } from '@azure/functions';
import './api.ts';
import './health.ts';
import './scheduled-scan.ts';

// Without it the worker holds a whole response in memory, and a report may be large.
app.setup({ enableHttpStream: true });
