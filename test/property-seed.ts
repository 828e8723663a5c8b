/**
 * `verify` says the same of a commit each time it is asked: its property tests meet the same cases. The
 * deep tier draws others each time; what fails prints its seed.
 */
import fc from 'fast-check';

if (import.meta.env.MODE !== 'deep') fc.configureGlobal({ seed: 1 });
