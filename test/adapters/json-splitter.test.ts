import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonSplitter, type JsonPiece } from '../../shared/adapters/files/json-splitter.ts';

const numRuns = import.meta.env.MODE === 'deep' ? 5_000 : 500;

/** Any JSON value as it comes back from text: no -0, no undefined. */
const anyValue = fc
  .jsonValue({ maxDepth: 4 })
  .map((value): unknown => JSON.parse(JSON.stringify(value)));
const anyRow = fc
  .tuple(fc.string(), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }))
  .map(([id, rest]): unknown => JSON.parse(JSON.stringify({ id, ...rest, type: 't' })));
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
const indent = fc.constantFrom(undefined, 1, 2, '\t');
/** Cuts in the bytes, as fractions of their number. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

interface Placed {
  readonly value: unknown;
  readonly line: number;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function split(
  data: Uint8Array,
  at: readonly number[] = [],
  options: Parameters<typeof jsonSplitter>[0] = {},
): readonly JsonPiece[] {
  const ends = [...at.map((cut) => Math.floor(cut * data.length)), data.length].toSorted(
    (a, b) => a - b,
  );
  const splitter = jsonSplitter(options);
  const pieces: JsonPiece[] = [];
  let from = 0;
  for (const end of ends) {
    pieces.push(...splitter.push(data.slice(from, end)));
    from = end;
  }
  return [...pieces, ...splitter.end()];
}

function values(pieces: readonly JsonPiece[]): readonly Placed[] {
  return pieces.flatMap((piece) =>
    piece.kind === 'value' ? [{ value: piece.value, line: piece.line }] : [],
  );
}

function breaks(pieces: readonly JsonPiece[]): readonly string[] {
  return pieces.flatMap((piece) => (piece.kind === 'break' ? [`${piece.line}: ${piece.why}`] : []));
}

/** The text of a JSON array, and each element with the line it starts on and the byte it ends at. */
function arrayText(
  elements: readonly unknown[],
  style: { readonly indent: string | number | undefined; readonly spaces: readonly string[] },
  head = '[',
  tail = ']',
): { readonly text: string; readonly placed: readonly Placed[]; readonly ends: readonly number[] } {
  let text = head;
  const placed: Placed[] = [];
  const ends: number[] = [];
  const pad = (at: number): string => style.spaces[at % Math.max(style.spaces.length, 1)] ?? '';
  for (const [at, value] of elements.entries()) {
    text += at > 0 ? `,${pad(at)}` : pad(at);
    placed.push({ value, line: text.split('\n').length });
    text += JSON.stringify(value, null, style.indent);
    ends.push(bytes(text).length);
    text += pad(at + 1);
  }
  return { text: text + tail, placed, ends };
}

const style = fc.record({ indent, spaces: fc.array(space, { maxLength: 5 }) });

describe('whatever the chunks and the whitespace', () => {
  test('an array gives its elements and their lines', () => {
    fc.assert(
      fc.property(fc.array(anyValue), style, cuts, fc.boolean(), (elements, how, at, mark) => {
        const { text, placed } = arrayText(elements, how);
        const pieces = split(bytes((mark ? '\uFEFF' : '') + text), at);
        expect(breaks(pieces)).toEqual([]);
        expect(values(pieces)).toEqual(placed);
      }),
      { numRuns },
    );
  });

  test('a response gives the rows of its data, then what stands around them', () => {
    const members = fc.dictionary(
      fc.string().filter((name) => !['id', 'type', 'data'].includes(name)),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 3 },
    );
    fc.assert(
      fc.property(fc.array(anyValue), style, members, members, cuts, (elements, how, a, b, at) => {
        const before = JSON.stringify(a).slice(1, -1);
        const after = JSON.stringify(b).slice(1, -1);
        const head = `{${before}${before && ','}"data":[`;
        const { text, placed } = arrayText(elements, how, head, `]${after && ','}${after}}`);
        const pieces = split(bytes(text), at);
        expect(breaks(pieces)).toEqual([]);
        expect(values(pieces)).toEqual(placed);
        const whole: unknown = JSON.parse(
          `{${before}${before && ','}"data":[]${after && ','}${after}}`,
        );
        expect(pieces.at(-1)).toEqual({
          kind: 'response',
          members: whole,
          rows: elements.length,
          line: 1,
        });
      }),
      { numRuns },
    );
  });

  test('JSON lines give a row a line, with blank lines and without a last newline', () => {
    const lines = fc.array(fc.tuple(anyRow, fc.constantFrom('\n', '\r\n', '\n\n', ' \n')));
    fc.assert(
      fc.property(lines, cuts, fc.boolean(), (rows, at, named) => {
        const placed: Placed[] = [];
        let text = '';
        for (const [value, ending] of rows) {
          placed.push({ value, line: text.split('\n').length });
          text += JSON.stringify(value) + ending;
        }
        const pieces = split(bytes(text.trimEnd()), at, { lines: named });
        expect(breaks(pieces)).toEqual([]);
        expect(values(pieces)).toEqual(placed);
      }),
      { numRuns },
    );
  });
});

describe('a broken stream', () => {
  test('that is cut off anywhere keeps every element before the cut and names the break', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { minLength: 1 }),
        style,
        fc.nat(),
        cuts,
        (rows, how, where, at) => {
          const { text, placed, ends } = arrayText(rows, how);
          const whole = bytes(text);
          const cut = 1 + (where % (whole.length - 1));
          const pieces = split(whole.slice(0, cut), at);
          expect(values(pieces)).toEqual(placed.filter((_, n) => (ends[n] ?? 0) <= cut));
          expect(breaks(pieces)).toHaveLength(1);
        },
      ),
      { numRuns },
    );
  });

  test('of JSON lines loses the broken line only, wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 4 }),
        anyRow,
        fc.nat(),
        fc.array(anyRow, { minLength: 1, maxLength: 4 }),
        cuts,
        (before, victim, where, after, at) => {
          const text = JSON.stringify(victim);
          const cut = new TextDecoder().decode(
            bytes(text).slice(0, 1 + (where % (bytes(text).length - 1))),
          );
          const lines = [
            ...before.map((row) => JSON.stringify(row)),
            cut,
            ...after.map((row) => JSON.stringify(row)),
          ];
          const pieces = split(bytes(lines.join('\n')), at, { lines: true });
          expect(values(pieces).map(({ value }) => value)).toEqual([...before, ...after]);
          expect(breaks(pieces)).toHaveLength(1);
          expect(pieces.find(({ kind }) => kind === 'break')?.line).toBe(before.length + 1);
        },
      ),
      { numRuns },
    );
  });

  test('never makes it throw, whatever the bytes', () => {
    const structural = fc.constantFrom(...'{}[]:,"\\ \n1ntd'.split(''));
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .array(fc.oneof(structural, fc.constant('"data":['), fc.constant('{"id":"a"}')), {
          maxLength: 30,
        })
        .map((parts) => bytes(parts.join(''))),
    );
    fc.assert(
      fc.property(noise, cuts, fc.boolean(), (data, at, lines) => {
        // The chunks never matter, not even here.
        expect(split(data, at, { lines })).toEqual(split(data, [], { lines }));
      }),
      { numRuns: numRuns * 4 },
    );
  });

  test.each([
    [
      'an unnamed line-by-line file whose first line is cut off',
      '{"id":"a","p":{"q":1\n{"id":"b"}\n{"id":"c"}',
      1,
      ['b', 'c'],
    ],
    ['… within a string', '{"id":"a\n{"id":"b"}\n', 1, ['b']],
    ['… after a comma', '{"id":"a",\n{"id":"b"}\n', 1, ['b']],
    ['… or is not JSON', '{"id":a}\n{"id":"b"}\n', 1, ['b']],
    ['a comma at the end of a line', '{"id":"a"}\n{"id":"b"},\n{"id":"c"}', 2, ['a', 'b', 'c']],
  ])('%s goes on at the next line', (_, text, line, ids) => {
    const pieces = split(bytes(text));
    expect(pieces.flatMap((piece) => (piece.kind === 'break' ? [piece.line] : []))).toEqual([line]);
    expect(values(pieces).map(({ value }) => value)).toEqual(ids.map((id) => ({ id })));
  });

  test.each([
    ['a missing comma', '[{"id":"a"} {"id":"b"}]', "1: unexpected '{'"],
    ['a trailing comma', '[{"id":"a"},\n]', "2: unexpected ']'"],
    ['a stray bracket', '[{"id":"a"}]]', "1: unexpected ']'"],
    ['brackets that do not match', '[{"id":"a"},\n{"p":[1}]', "2: unexpected '}'"],
    [
      'the end of the file within a row',
      '[{"id":"a"},\n{"p":\n1',
      '3: the file ends inside a value that starts at line 2',
    ],
    [
      'the end of the file between rows',
      '[{"id":"a"},\n',
      '2: the file ends before the array that starts at line 1',
    ],
    ['a string over two lines', '[{"id":"a"},\n\n{"p":"\n"}]', '3: a string is not closed'],
  ])('names %s', (_, text, why) => {
    const pieces = split(bytes(text));
    expect(breaks(pieces)).toEqual([why]);
    expect(values(pieces)).toEqual([{ value: { id: 'a' }, line: 1 }]);
  });

  test('names the line of the mistake, where the parser tells, and never quotes the file', () => {
    expect(breaks(split(bytes('[{"id":"a",\n\n"p":1 "q":2}]')))).toEqual([
      "3: Expected ',' or '}' after property value",
    ]);
    expect(breaks(split(bytes('[{"secret":1,\n"p":nul}]')))).toEqual(["1: Unexpected token '}'"]);
  });

  test('says that UTF-16 is the trouble, and that other bytes are not UTF-8', () => {
    expect(breaks(split(new Uint8Array([0xff, 0xfe, 0x5b, 0])))).toEqual([
      '1: the file is UTF-16; save it as UTF-8',
    ]);
    expect(breaks(split(new Uint8Array([0x5b, 0x22, 0xc3, 0x28, 0x22, 0x5d])))).toEqual([
      '1: the bytes are not UTF-8',
    ]);
  });

  test('cannot make one value take all memory', () => {
    const data = bytes(`[{"id":"a"},{"p":"${'x'.repeat(1_000)}`);
    const pieces = split(data, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], { maxValueBytes: 100 });
    expect(breaks(pieces)).toEqual(['1: a value is larger than 100 bytes']);
    expect(values(pieces)).toHaveLength(1);
  });
});

test('a resource with a member `data` is a row, not a response', () => {
  const row = { id: 'a', type: 't', data: [{ id: 'b' }] };
  expect(values(split(bytes(JSON.stringify(row))))).toEqual([{ value: row, line: 1 }]);
});

test('only a member named exactly `data` at the top holds rows', () => {
  const odd = { data2: [1], metadata: [2], x: { data: [3] } };
  expect(values(split(bytes(JSON.stringify(odd))))).toEqual([{ value: odd, line: 1 }]);
});

test('arrays and pretty-printed objects that follow each other are read one after the other', () => {
  const text = '[{"id":"a"}]\n[{"id":"b"}]\n{\n  "id": "c"\n}\n';
  const pieces = split(bytes(text));
  expect(breaks(pieces)).toEqual([]);
  expect(values(pieces).map(({ value }) => value)).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
});

test('a row of a response does not hide a second `data`', () => {
  const pieces = split(bytes('{"data":[{"id":"a"}],"data":[{"id":"b"}]}'));
  expect(values(pieces).map(({ value }) => value)).toEqual([{ id: 'a' }, { id: 'b' }]);
  expect(pieces.at(-1)).toMatchObject({ kind: 'response', rows: 2 });
});

test('two values on one line are no JSON lines', () => {
  const pieces = split(bytes('{"id":"a"} {"id":\n"b"}\n{"id":\n"c"}'));
  expect(breaks(pieces)).toEqual([]);
  expect(values(pieces)).toHaveLength(3);
});

test('a byte order mark belongs to the start of the file only', () => {
  expect(breaks(split(bytes('[\uFEFF1]')))).toHaveLength(1);
});

test('a chunk may be overwritten once it was pushed', () => {
  const splitter = jsonSplitter();
  const buffer = bytes('[{"id":"a",');
  const before = splitter.push(buffer);
  buffer.set(bytes('"type":"t"}'));
  const pieces = [
    ...before,
    ...splitter.push(buffer),
    ...splitter.push(bytes(']')),
    ...splitter.end(),
  ];
  expect(pieces).toEqual([{ kind: 'value', value: { id: 'a', type: 't' }, line: 1 }]);
});
