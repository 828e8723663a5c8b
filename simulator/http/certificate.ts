import { generate } from 'selfsigned';

/** A key and a certificate that signs itself, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A throwaway certificate for `localhost` and 127.0.0.1, good for a day and trusted by nobody. */
export async function throwawayCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 3_600_000),
    notAfterDate: new Date(Date.now() + 86_400_000),
    extensions: [
      // Clients are given this certificate as their authority, so it must be allowed to be one.
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key, cert };
}
