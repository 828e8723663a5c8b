import type { VerdictReport } from './report.ts';
import { plainText } from './text-layout.ts';

/** A place and the sentence that proves a verdict. */
export type Proof = VerdictReport['evidence'][number];

/** A packet on one line. */
export function packetText(witness: NonNullable<Proof['witness']>): string {
  const { source, sourcePort, destination, destinationPort, protocol, direction } = witness;
  return `${socket(source, sourcePort)} → ${socket(destination, destinationPort)} ${protocol}, ${direction}`;
}

function socket(address: string, port: number | null): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What evidence says before a command of the Azure CLI, and the command, which is to be copied whole. */
export function commandIn(says: string): { readonly sentence: string; readonly command?: string } {
  const text = plainText(says);
  const found = /(?:^|; )(az (?:[a-z][a-z-]* )+--.*)$/.exec(text);
  const command = found?.[1];
  return command === undefined
    ? { sentence: text }
    : { sentence: text.slice(0, found?.index), command };
}

/** A proof in full on one line: what is said, by which rule, where, and the packet that shows it. */
export function proofText({ at, rule, says, witness }: Proof): string {
  const named = rule === undefined || says.includes(rule) ? '' : `rule ${rule}: `;
  const packet = witness === undefined ? '' : `; packet ${packetText(witness)}`;
  return plainText(`${named}${says} (at ${at})${packet}`);
}

/** What nobody could read, in full on one line. */
export function missingText({
  what,
  scope,
  why,
}: NonNullable<VerdictReport['missing']>[number]): string {
  return plainText(`${what} (${scope}): ${why}`);
}
