import { ClientSecretCredential, EnvironmentCredential } from '@azure/identity';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/start-simulator.ts';
import { send } from './clients.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ rows: [] });
});
afterAll(() => simulator.stop());
afterEach(() => {
  vi.unstubAllEnvs();
});

/** What a client of Microsoft Entra ID needs to know of the simulator, beside who it is. */
function authorityOptions() {
  return {
    authorityHost: simulator.cloud.authority,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: simulator.caPem },
    retryOptions: { maxRetries: 0 },
  };
}

describe('signing in', () => {
  it('gives a client secret credential a token of the reader that every surface takes', async () => {
    const { tenantId, clientId, clientSecret } = simulator.reader;
    const credential = new ClientSecretCredential(
      tenantId,
      clientId,
      clientSecret,
      authorityOptions(),
    );
    const { token, expiresOnTimestamp } = await credential.getToken(`${simulator.https}/.default`);
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now());
    const { status } = await send(simulator, '/subscriptions?api-version=2022-12-01', { token });
    expect(status).toBe(200);
    expect(simulator.requests.at(-1)).toMatchObject({ caller: simulator.reader.objectId });
  });

  it('takes the variables of the environment', async () => {
    vi.stubEnv('AZURE_TENANT_ID', simulator.reader.tenantId);
    vi.stubEnv('AZURE_CLIENT_ID', simulator.reader.clientId);
    vi.stubEnv('AZURE_CLIENT_SECRET', simulator.reader.clientSecret);
    const credential = new EnvironmentCredential(authorityOptions());
    await expect(credential.getToken(`${simulator.https}/.default`)).resolves.toBeDefined();
  });

  it('refuses a wrong secret and an unknown application as Entra ID does', async () => {
    const { tenantId, clientId, clientSecret } = simulator.reader;
    const wrong = new ClientSecretCredential(tenantId, clientId, 'wrong', authorityOptions());
    await expect(wrong.getToken(`${simulator.https}/.default`)).rejects.toThrow(/AADSTS7000215/);
    const stranger = new ClientSecretCredential(
      tenantId,
      '00000000-1111-2222-3333-444444444444',
      clientSecret,
      authorityOptions(),
    );
    await expect(stranger.getToken(`${simulator.https}/.default`)).rejects.toThrow(/AADSTS700016/);
  });

  it('challenges a caller without a token', async () => {
    const response = await send(simulator, '/subscriptions?api-version=2022-12-01', {
      token: null,
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toContain(
      `Bearer authorization_uri="${simulator.https}/${simulator.reader.tenantId}"`,
    );
    expect(JSON.parse(response.bodyAsText ?? '')).toEqual({
      error: {
        code: 'AuthenticationFailed',
        message: "Authentication failed. The 'Authorization' header is missing.",
      },
    });
  });

  it('takes an opaque token for the reader, over plain HTTP too', async () => {
    const response = await send(simulator, '/subscriptions?api-version=2022-12-01', {
      token: 'opaque',
      plain: true,
    });
    expect(response.status).toBe(200);
    expect(simulator.requests.at(-1)?.caller).toBe(simulator.reader.objectId);
  });

  it('describes the cloud to whoever asks', async () => {
    const response = await send(simulator, '/metadata/endpoints?api-version=2022-09-01', {
      token: null,
    });
    expect(JSON.parse(response.bodyAsText ?? '')).toMatchObject([
      { resourceManager: simulator.https, authentication: { loginEndpoint: simulator.https } },
    ]);
  });
});
