/** Property tests while code is broken: the same few cases every time, and the first that fails is enough. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 1, endOnFailure: true, interruptAfterTimeLimit: 250 });
