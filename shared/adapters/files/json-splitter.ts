/** What the splitter cuts out of a byte stream, in the order of the stream. */
export type JsonPiece =
  | { readonly kind: 'value'; readonly value: unknown; readonly line: number }
  | {
      /** What stood around the rows of a `{"data":[…]}`; they are empty here. */
      readonly kind: 'response';
      readonly members: unknown;
      readonly rows: number;
      readonly line: number;
    }
  | { readonly kind: 'break'; readonly line: number; readonly why: string };

export interface JsonSplitter {
  /** The pieces that end within this chunk. */
  push(chunk: Uint8Array): readonly JsonPiece[];
  /** The pieces that only the end of the stream completes or breaks. */
  end(): readonly JsonPiece[];
}

export interface JsonSplitterOptions {
  /** The stream is known to be JSON lines; otherwise its first lines tell. */
  readonly lines?: boolean;
  /** The member of a response that holds the rows; `data` where absent. */
  readonly rowsIn?: string;
  /** A value larger than this breaks the stream: a lost bracket must not swallow all memory. */
  readonly maxValueBytes?: number;
}

const newline = 0x0a;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const byteOrderMark = [0xef, 0xbb, 0xbf];

interface Capture {
  readonly parts: Uint8Array[];
  readonly line: number;
  readonly scalar: boolean;
}

/**
 * A splitter that holds one row at a time: it cuts an array's elements, the elements of a response's
 * `data`, or the values of JSON lines out of a stream of UTF-8 chunks and parses each by itself, so
 * that a broken file names its line and keeps what came before. After a break, JSON lines go on at
 * the next line; anything else ends there, for brackets that no longer match prove nothing.
 */
export function jsonSplitter(options: JsonSplitterOptions = {}): JsonSplitter {
  const maxValueBytes = options.maxValueBytes ?? 64 * 1024 * 1024;
  const rowsIn = options.rowsIn ?? 'data';
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  // 'open': the first value has yet to show whether each line is a value of its own.
  let mode: 'open' | 'lines' | 'document' | 'dead' = options.lines === true ? 'lines' : 'open';
  let pieces: JsonPiece[] = [];
  let chunk = new Uint8Array(0);
  let position = 0;
  let line = 1;
  let atLineStart = true;
  let skipping = false;

  let rootLine = 1;
  let firstRootIsOneLine: boolean | undefined;
  let inRows = false;
  let expects: 'first' | 'value' | 'separator' = 'first';
  let response: { readonly head: Capture; rows: number } | undefined;

  let capture: Capture | undefined;
  let from = 0;
  let capturedBytes = 0;
  let open: number[] = [];
  let inString = false;
  let escaped = false;
  let last = 0;
  let inKey = false;
  let key = '';
  let identified = false;

  function push(next: Uint8Array): readonly JsonPiece[] {
    pieces = [];
    // A copy: whoever reads a file may use the same buffer again.
    chunk = new Uint8Array(next);
    from = 0;
    for (let at = 0; at < chunk.length && mode !== 'dead';) {
      const byte = chunk[at] ?? 0;
      if (!step(byte, at)) continue;
      atLineStart = byte === newline;
      if (atLineStart) line++;
      position++;
      at++;
    }
    if (capture !== undefined && mode !== 'dead') {
      capture.parts.push(chunk.subarray(from));
      capturedBytes += chunk.length - from;
      if (capturedBytes > maxValueBytes) fail(`a value is larger than ${maxValueBytes} bytes`, 0);
    }
    return pieces;
  }

  function end(): readonly JsonPiece[] {
    pieces = [];
    chunk = new Uint8Array(0);
    from = 0;
    if (capture?.scalar === true) finish(0, 0);
    if (mode === 'dead') return pieces;
    if (capture !== undefined) {
      fail(`the file ends inside a value that starts at line ${capture.line}`, 0);
    } else if (inRows) {
      fail(`the file ends before the array that starts at line ${rootLine}`, 0);
    }
    mode = 'dead';
    return pieces;
  }

  /** Whether the byte is done with; otherwise the same byte comes again, in the state reached. */
  function step(byte: number, at: number): boolean {
    if (skipping) {
      skipping = byte !== newline;
      return true;
    }
    if (capture !== undefined) return inside(capture, byte, at);
    if (position < byteOrderMark.length && byte === byteOrderMark[position]) return true;
    if (position === 0 && (byte === 0xff || byte === 0xfe)) {
      return die('the file is UTF-16; save it as UTF-8');
    }
    if (byte === newline && inRows && mode === 'lines') {
      return fail('the line ends before its array does', byte);
    }
    if (isSpace(byte)) return true;
    return inRows ? betweenRows(byte, at) : betweenRoots(byte, at);
  }

  function betweenRoots(byte: number, at: number): boolean {
    if (mode === 'open' && firstRootIsOneLine !== undefined) {
      mode = firstRootIsOneLine && line > rootLine ? 'lines' : 'document';
    }
    rootLine = line;
    if (isStray(byte)) return fail(unexpected(byte), byte);
    if (byte !== openArray) return begin(byte, at);
    if (mode === 'open') mode = 'document';
    inRows = true;
    expects = 'first';
    return true;
  }

  function betweenRows(byte: number, at: number): boolean {
    if (byte === closeArray && expects !== 'value') {
      endRows(at);
      return true;
    }
    if (expects === 'separator') {
      if (byte !== comma) return fail(unexpected(byte), byte);
      expects = 'value';
      return true;
    }
    return isStray(byte) ? fail(unexpected(byte), byte) : begin(byte, at);
  }

  function endRows(at: number): void {
    inRows = false;
    if (response === undefined) return;
    capture = response.head;
    from = at;
    open = [openObject];
    last = closeArray;
  }

  function begin(byte: number, at: number): boolean {
    const composite = byte === openObject || byte === openArray;
    inString = byte === quote;
    escaped = false;
    inKey = false;
    identified = false;
    key = '';
    open = composite ? [byte] : [];
    last = byte;
    from = at;
    capturedBytes = 0;
    capture = { parts: [], line, scalar: !composite && !inString };
    return true;
  }

  function inside(value: Capture, byte: number, at: number): boolean {
    if (inString) return insideString(byte, at);
    if (value.scalar) {
      return isSpace(byte) || byte === comma || byte === closeArray || byte === closeObject
        ? finish(at, byte)
        : true;
    }
    if (isSpace(byte)) {
      return byte === newline && mode === 'lines'
        ? fail('the line ends inside a value', byte)
        : true;
    }
    if (byte === quote) {
      inString = true;
      inKey = open.length === 1 && !inRows && (last === openObject || last === comma);
      if (inKey) key = '';
      return true;
    }
    if (byte === openObject || byte === openArray) {
      // Never valid JSON, and the sign of a line that was cut off before the next one.
      const places = open.at(-1) === openObject ? [colon] : [openArray, comma];
      if (!places.includes(last)) return fail(unexpected(byte), byte);
      if (byte === openArray && isData()) return beginData(value, at);
      open.push(byte);
    } else if (byte === closeObject || byte === closeArray) {
      const opener = byte === closeObject ? openObject : openArray;
      if (open.pop() !== opener) return fail(unexpected(byte), byte);
      if (open.length === 0) return finish(at + 1, byte);
    }
    last = byte;
    return true;
  }

  function insideString(byte: number, at: number): boolean {
    if (byte === newline) return fail('a string is not closed', byte);
    if (escaped) {
      escaped = false;
    } else if (byte === backslash) {
      escaped = true;
    } else if (byte === quote) {
      inString = false;
      last = quote;
      if (inKey && (key === 'id' || key === 'type')) identified = true;
      inKey = false;
      return open.length === 0 ? finish(at + 1, byte) : true;
    }
    // Longer than any key that matters, so that a long key is never cut down to one.
    if (inKey && key.length < Math.max(8, rowsIn.length + 1)) key += String.fromCharCode(byte);
    return true;
  }

  /** A resource may have a `data` of its own; a response has no `id` or `type` before it. */
  function isData(): boolean {
    return !inRows && open.length === 1 && key === rowsIn && !identified;
  }

  function beginData(head: Capture, at: number): boolean {
    head.parts.push(chunk.slice(from, at + 1));
    response = { head, rows: response?.rows ?? 0 };
    capture = undefined;
    inRows = true;
    expects = 'first';
    return true;
  }

  function finish(to: number, byte: number): boolean {
    if (capture === undefined) return true;
    const { parts, line: startLine, scalar } = capture;
    parts.push(chunk.subarray(from, to));
    let text: string;
    try {
      text = decoder.decode(Buffer.concat(parts));
    } catch {
      return fail('the bytes are not UTF-8', byte, startLine);
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      const { why, linesBefore } = mistakeIn(text, error);
      return fail(why, byte, startLine + linesBefore);
    }
    capture = undefined;
    if (inRows) {
      pieces.push({ kind: 'value', value, line: startLine });
      if (response !== undefined) response.rows++;
      expects = 'separator';
    } else {
      pieces.push(
        response === undefined
          ? { kind: 'value', value, line: startLine }
          : { kind: 'response', members: value, rows: response.rows, line: startLine },
      );
      response = undefined;
      firstRootIsOneLine ??= startLine === line;
    }
    return !scalar;
  }

  /** Reports the break, and finds the place where JSON lines go on. Never consumes the byte. */
  function fail(why: string, byte: number, where = line): false {
    const cutLine = atLineStart && byte === openObject && mode === 'open';
    pieces.push({ kind: 'break', line: cutLine ? rootLine : where, why });
    if (mode === 'open' && (cutLine || rootLine === line)) mode = 'lines';
    if (mode !== 'lines') mode = 'dead';
    skipping = byte !== newline && !cutLine;
    capture = undefined;
    response = undefined;
    inRows = false;
    return false;
  }

  function die(why: string): false {
    pieces.push({ kind: 'break', line, why });
    mode = 'dead';
    return false;
  }

  return { push, end };
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;
}

function isStray(byte: number): boolean {
  return byte === closeArray || byte === closeObject || byte === comma || byte === colon;
}

function unexpected(byte: number): string {
  return `unexpected '${String.fromCharCode(byte)}'`;
}

/** The parser's words without its quotation of the text, and the lines before the place it names, if it names one. */
function mistakeIn(
  text: string,
  error: unknown,
): { readonly why: string; readonly linesBefore: number } {
  const message = error instanceof Error ? error.message : String(error);
  const [why = message] = message.split(/, (?:\.{3})?"| in JSON at position/);
  const position = Number(/ at position (\d+)/.exec(message)?.[1] ?? 0);
  return { why, linesBefore: text.slice(0, position).split('\n').length - 1 };
}
