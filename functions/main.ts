import { app } from '@azure/functions';
import './api.ts';
import './check-cluster.ts';
import './dashboard.ts';
import './dead-letters.ts';
import './deliver-alert.ts';
import './health.ts';
import './housekeeping.ts';
import './remediate-finding.ts';
import './resource-changed.ts';
import './scan-shard.ts';
import './scheduled-scan.ts';

// Without it the worker holds a whole response in memory, and a report may be large.
app.setup({ enableHttpStream: true });
