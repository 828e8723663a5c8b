import { z } from 'zod';

const serviceTag = /^[A-Za-z][A-Za-z0-9.]*$/;
const v4 = z.ipv4();
const v6 = z.ipv6();
const prefix = z.union([v4, v6, z.cidrv4(), z.cidrv6()]);

/** Why a text is no caller, as the end of a sentence; undefined where it is one. */
export function whyNoSource(text: string): string | undefined {
  if (text.toLowerCase() === 'none') {
    return 'stands for "nobody outside" and is written without the list: "none"';
  }
  if (text === '*' || text.toLowerCase() === 'any') {
    return 'is no address; if the whole Internet may call, write the service tag "Internet"';
  }
  return isPrefix(text) || isRange(text) || serviceTag.test(text)
    ? undefined
    : 'must be an address, a CIDR prefix, a range a-b or the name of a service tag, such as "203.0.113.0/24" or "AzureFrontDoor.Backend"';
}

/** Whether a text is an address or a CIDR prefix. */
export function isPrefix(text: string): boolean {
  return prefix.safeParse(text).success;
}

function addressOrder(text: string): bigint {
  if (!text.includes(':')) return BigInt(`0x${bytesOf(text)}`);
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(text)?.[0];
  const hex = dotted === undefined ? '' : bytesOf(dotted);
  const tail = dotted === undefined ? '' : `${hex.slice(0, 4)}:${hex.slice(4)}`;
  const groups = dotted === undefined ? text : text.slice(0, -dotted.length) + tail;
  const [head = '', rest] = groups.split('::');
  const left = head.split(':').filter(Boolean);
  const right = rest === undefined ? [] : rest.split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return BigInt(
    `0x${[...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join('')}`,
  );
}

function bytesOf(dotted: string): string {
  return dotted
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .join('');
}

function isRange(text: string): boolean {
  const [from = '', to = '', ...more] = text.split('-');
  if (more.length > 0) return false;
  const oneFamily = [v4, v6].some((f) => f.safeParse(from).success && f.safeParse(to).success);
  return oneFamily && addressOrder(from) <= addressOrder(to);
}
