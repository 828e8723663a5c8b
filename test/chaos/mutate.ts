/** Texts made of others: a byte wrong, a part twice, a value in the place of another. */
import type { Random } from '../../simulator/estate/random.ts';

/** Values that programs stumble over. */
const awkward: readonly string[] = [
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '-1',
  '0',
  '1e309',
  '-0',
  '4294967296',
  '0.1',
  '"__proto__"',
  '"constructor"',
  '"../../etc/passwd"',
  '"0.0.0.0/0"',
  '"::/0"',
  '"10.0.0.0/33"',
  '"*"',
  '"65535-0"',
  '"2026-13-45T25:61:61Z"',
  '"/subscriptions/"',
  '"\\u0000"',
  '"\\ud800"',
  '"\u202e\u0007\u001b[31m"',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  `"${'a'.repeat(70_000)}"`,
  `${'['.repeat(300)}${']'.repeat(300)}`,
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `[${'0,'.repeat(2000)}0]`,
];

const keys: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'id',
];

/** The text with one to four things wrong. */
export function mutated(text: string, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(text);
  for (let times = random.int(1, 4); times > 0; times -= 1) bytes = changed(bytes, random);
  return bytes;
}

function changed(bytes: Buffer, random: Random): Buffer {
  const at = random.int(0, Math.max(0, bytes.length - 1));
  const end = Math.min(bytes.length, at + random.int(1, 40));
  switch (random.int(0, 8)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (flipped.length > 0) flipped[at] = (flipped[at] ?? 0) ^ (1 << random.int(0, 7));
      return flipped;
    }
    case 1: {
      const inserted = Buffer.from(
        Array.from({ length: random.int(1, 6) }, () => random.int(0, 255)),
      );
      return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
    }
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at, end), bytes.subarray(end)]);
    case 4:
      // Most are cut near their end: what comes before is read first.
      return bytes.subarray(0, random.chance(0.3) ? at : bytes.length - random.int(0, 20));
    case 5:
      return withKey(bytes, random);
    default:
      return withValue(bytes, random);
  }
}

/** Another value in the place of one in JSON. */
function withValue(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString();
  const values = [
    ...text.matchAll(
      /(?<=[:[,]\s*)("(?:[^"\\]|\\.)*"|-?\d[\d.]*|true|false|null|\{\}|\[\])(?=\s*[,}\]])/g,
    ),
  ];
  if (values.length === 0) return bytes;
  const { index, 0: value } = random.pick(values);
  const other = random.chance(0.3) ? random.pick(values)[0] : random.pick(awkward);
  return Buffer.from(text.slice(0, index) + other + text.slice(index + value.length));
}

/** Another name in the place of a member's. */
function withKey(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString();
  const names = [...text.matchAll(/"((?:[^"\\]|\\.)*)"(?=\s*:)/g)];
  if (names.length === 0) return bytes;
  const { index, 0: name } = random.pick(names);
  const other = random.chance(0.3) ? random.pick(names)[0] : JSON.stringify(random.pick(keys));
  return Buffer.from(text.slice(0, index) + other + text.slice(index + name.length));
}
