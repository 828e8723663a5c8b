import { isSafeAddress } from '../../settings/alert-settings.ts';
import { SinkError } from '../../ports.ts';

/** App settings by name. */
export type AppSettings = Readonly<Record<string, string | undefined>>;

/** The secret that a setting names. @throws SinkError where there is none. */
export function secretIn(env: AppSettings, name: string): string {
  const value = env[name]?.trim();
  if (value === undefined || value === '') {
    throw new SinkError(`the app setting ${name} is not set`);
  }
  return value;
}

/** The address that a setting names. @throws SinkError where there is none that is safe to send to. */
export function addressIn(env: AppSettings, name: string): string {
  const address = secretIn(env, name);
  if (isSafeAddress(address)) return address;
  throw new SinkError(`the app setting ${name} must hold a web address with https://`);
}
