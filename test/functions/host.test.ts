/** What the host is told, as the queue handlers rely on it. */
import { describe, expect, it } from 'vitest';
import host from '../../host.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };

describe('host', () => {
  it('polls queues every two seconds and parks a message after five attempts', () => {
    expect(host.extensions.queues).toEqual({
      maxPollingInterval: '00:00:02',
      messageEncoding: 'base64',
      maxDequeueCount: 5,
    });
  });

  it('has the worker load the file that the build writes', () => {
    expect(manifest.main).toBe('dist/main.cjs');
  });
});
