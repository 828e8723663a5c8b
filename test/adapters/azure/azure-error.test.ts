import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import {
  AzureError,
  type AzureErrorCode,
  SignInError,
  azureErrorOf,
} from '../../../shared/adapters/azure/azure-error.ts';

function restError(status: number | undefined, body: string, code?: string): RestError {
  const request = createPipelineRequest({ url: 'https://x/' });
  return new RestError('it failed', {
    request,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined
      ? {}
      : {
          statusCode: status,
          response: { status, request, headers: createHttpHeaders(), bodyAsText: body },
        }),
  });
}

describe('an answer of Azure that is an error', () => {
  it.each<[number, string, AzureErrorCode, string]>([
    [
      403,
      '{"error":{"code":"AuthorizationFailed","message":"no\\nTrace: 1"}}',
      'forbidden',
      '403 AuthorizationFailed: no',
    ],
    [404, '{"Code":"ResourceNotFound","Message":"gone"}', 'notFound', '404 ResourceNotFound: gone'],
    [429, '"too many"', 'throttled', '429 it failed'],
    [
      401,
      '{"error":{"code":"ExpiredAuthenticationToken","message":"expired"}}',
      'notSignedIn',
      '401 ExpiredAuthenticationToken: expired',
    ],
    [
      400,
      '{"error":{"code":"BadRequest","message":"Please provide","details":[{"code":"InvalidQuery","message":"bad pipe"}]}}',
      'refused',
      '400 BadRequest: bad pipe',
    ],
    [404, '', 'notFound', '404 it failed'],
    [404, '{}', 'notFound', '404 it failed'],
    [404, '<html>no such page</html>', 'unavailable', '404 it failed'],
    [502, '<html>gateway</html>', 'unavailable', '502 it failed'],
    [500, '', 'unavailable', '500 it failed'],
  ])('%i %s', (status, body, code, message) => {
    const error = azureErrorOf(restError(status, body));
    expect(error).toBeInstanceOf(AzureError);
    expect(error).toMatchObject({ code, message });
    expect(error.cause).toBeInstanceOf(RestError);
  });

  it('that never came says so', () => {
    const error = azureErrorOf(restError(undefined, '', 'ECONNREFUSED'));
    expect(error).toMatchObject({
      code: 'unavailable',
      message: 'no answer: ECONNREFUSED it failed',
    });
  });

  it('is read from what a client has parsed already', () => {
    const error = restError(403, '');
    error.details = { error: { code: 'Forbidden', message: 'not you' } };
    expect(azureErrorOf(error).message).toBe('403 Forbidden: not you');
  });

  it('is cut to a readable length', () => {
    const body = JSON.stringify({ error: { code: 'X', message: 'long '.repeat(1000) } });
    expect(azureErrorOf(restError(400, body)).message.length).toBeLessThan(450);
  });
});

describe('an error that is no answer', () => {
  it.each(['CredentialUnavailableError', 'AuthenticationError', 'AggregateAuthenticationError'])(
    '%s is a failed sign-in',
    (name) => {
      const error = Object.assign(new Error('no token\nmore'), { name });
      expect(azureErrorOf(error)).toBeInstanceOf(SignInError);
      expect(azureErrorOf(error).message).toBe('cannot sign in to Azure: no token');
    },
  );

  it('of our own making comes back as it is', () => {
    const defect = new TypeError('x is not a function');
    expect(azureErrorOf(defect)).toBe(defect);
  });
});

interface RecordedError {
  readonly http?: { readonly status?: number };
  readonly body?: { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
}

const errors = join(process.env['PORTCULLIS_FIXTURES'] ?? '../shared/fixtures', 'pool/error');
const recorded = (existsSync(errors) ? readdirSync(errors) : []).map((file) => {
  const content: RecordedError = JSON.parse(readFileSync(join(errors, file), 'utf8'));
  const { code, message } = content.body?.error ?? {};
  const named = typeof code === 'string' && typeof message === 'string' ? code : '';
  return { file, status: content.http?.status ?? 400, body: content.body, named };
});

describe.skipIf(recorded.length === 0)('recorded errors', () => {
  it.each(recorded)('$file is told in one line, with its code', ({ status, body, named }) => {
    const error = azureErrorOf(restError(status, JSON.stringify(body)));
    expect(error).toBeInstanceOf(AzureError);
    expect(error.message).toMatch(new RegExp(`^${status} \\S`));
    expect(error.message).not.toContain('\n');
    expect(error.message).toContain(named);
  });
});
