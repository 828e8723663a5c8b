import { expect, test } from 'vitest';
import {
  parseAddressMatch,
  parsePortRange,
  parseProtocol,
} from '../../shared/network/parse-match.ts';

test.each(['Storage', 'Storage.WestEurope', 'AzureFrontDoor.Backend', 'A', 'Tag-2.b9'])(
  '%s is read as a service tag',
  (name) => {
    expect(parseAddressMatch(name)).toEqual({ kind: 'serviceTag', name });
    expect(parseAddressMatch(` ${name}\t`)).toEqual({ kind: 'serviceTag', name });
  },
);

test.each(['2Storage', '.Storage', '-Storage', 'Storage Sql', 'Storage_2', 'Storage/24', ' ', ''])(
  '"%s" is neither a service tag nor an address',
  (text) => {
    expect(() => parseAddressMatch(text)).toThrow(RangeError);
    expect(() => parseAddressMatch(text)).toThrow(
      `'${text}' is neither an address, a CIDR prefix, a range nor a service tag`,
    );
  },
);

test.each(['*', 'any', 'ANY', ' * '])('"%s" is every address, port and protocol', (text) => {
  expect(parseAddressMatch(text)).toEqual({ kind: 'any' });
  expect(parsePortRange(text)).toBeUndefined();
  expect(parseProtocol(text)).toBe('*');
});

test.each<[string, number, number]>([
  ['0', 0, 0],
  ['443', 443, 443],
  [' 443 ', 443, 443],
  ['8000-8080', 8000, 8080],
  ['8000 - 8080', 8000, 8080],
  ['8000  -\t8080', 8000, 8080],
  ['80-80', 80, 80],
  ['0-65535', 0, 65_535],
])('"%s" is the ports %d to %d', (text, from, to) => {
  expect(parsePortRange(text)).toEqual({ from, to });
});

test.each([
  '81-80',
  '65536',
  '1-65536',
  '100000',
  '1-100000',
  'a80',
  '80a',
  '80x-90',
  '80-x90',
  '80-',
  '-80',
  '80-90-100',
  '8.5',
  '',
])('"%s" is no port', (text) => {
  expect(() => parsePortRange(text)).toThrow(RangeError);
  expect(() => parsePortRange(text)).toThrow(
    `'${text}' is no port or port range; write 443, 8000-8080 or *`,
  );
});

test.each([
  ['tcp', 'Tcp'],
  ['UDP', 'Udp'],
  ['Icmp', 'Icmp'],
  ['esp', 'Esp'],
  ['AH', 'Ah'],
  [' tcp ', 'Tcp'],
  ['All', '*'],
])('"%s" is the protocol %s', (text, protocol) => {
  expect(parseProtocol(text)).toBe(protocol);
});

test.each(['sctp', '6', ''])('"%s" is no protocol', (text) => {
  expect(() => parseProtocol(text)).toThrow(RangeError);
  expect(() => parseProtocol(text)).toThrow(
    `'${text}' is no protocol; write tcp, udp, icmp, esp, ah or any`,
  );
});
