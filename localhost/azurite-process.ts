/** Azurite's blob service as a child of ours; its flags are those of the command `azurite-blob`. */
import { createRequire } from 'node:module';
import { serveParent } from './serve-parent.ts';

/** What of Azurite's own modules is used; the package has no types. */
interface BlobServerModule {
  readonly BlobServerFactory: new () => {
    createServer(): Promise<{
      start(): Promise<void>;
      close(): Promise<void>;
      getHttpServerAddress(): string;
    }>;
  };
}

await serveParent(async () => {
  // As the interface above says.
  const { BlobServerFactory } = createRequire(import.meta.url)(
    'azurite/dist/src/blob/BlobServerFactory.js',
  ) as BlobServerModule;
  const server = await new BlobServerFactory().createServer();
  await server.start();
  return { ready: { url: server.getHttpServerAddress() }, stop: () => server.close() };
});
