/** Loads the app of a file in a process of its own and prints, as JSON, what registers itself. */
import { createRequire } from 'node:module';
import { registeredBy } from './worker.ts';

const [, , path = ''] = process.argv;
const functions = await registeredBy(async () => createRequire(import.meta.url)(path));
const registered = functions.map(({ name, trigger }) => ({ name, trigger }));
process.stdout.write(JSON.stringify({ node: process.version, registered }));
