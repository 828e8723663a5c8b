/**
 * The text on one line, without control characters: names come from others and must steer neither a
 * terminal nor the build that prints them. Where Azure Pipelines or GitHub Actions would take a part
 * of it for a command (`##vso[…]`, `::error::`), a blank parts the marks.
 */
export function plainText(text: string): string {
  // Control characters, and those that turn the direction of writing.
  return text
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, ' ')
    .replaceAll(/#(?=#(?:vso)?\[)/gi, '# ')
    .replaceAll(/:(?=:[a-z][a-z-]*(?: [^:]*)?::)/gi, ': ')
    .trim();
}

/** Lines of at most `width` columns; words longer than that are cut, after a `/`, `,` or `-` where possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of plainText(text)
    .split(/ +/)
    .flatMap((long) => cut(long, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** The text wrapped, its first line after `first`, the others indented to the same column. */
export function hang(first: string, text: string, width: number): string[] {
  return wrap(text, width - first.length).map((line, index) =>
    index === 0 ? first + line : ' '.repeat(first.length) + line,
  );
}

/** The text in exactly `width` columns; what is too long loses its middle, where names differ least. */
export function fit(text: string, width: number): string {
  const plain = plainText(text);
  if (plain.length <= width) return plain.padEnd(width);
  const tail = Math.floor((width - 1) / 2);
  return `${plain.slice(0, width - 1 - tail)}…${tail === 0 ? '' : plain.slice(-tail)}`;
}

/** `1 cluster`, `2 clusters`, `1,000 clusters`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** The number with a comma between thousands. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** The last two segments of a resource id, `networksecuritygroups/nsg-1`; other texts as they are. */
export function shortId(id: string): string {
  return id.startsWith('/') ? id.split('/').slice(-2).join('/').replace(/^\//, '') : id;
}

/** What follows the last slash of an id: the name; a text without a slash as it is. */
export function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The text with every resource id in it cut down to its last two segments. */
export function shortIds(text: string): string {
  return text.replaceAll(
    /(?<![\w.:/])\/(?:subscriptions|providers)\/[^\s,;:"']*[^\s,;:"').]/gi,
    shortId,
  );
}

function cut(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (rest.length > width) {
    const soft = /.*[/,-]/.exec(rest.slice(0, width))?.[0].length ?? 0;
    const at = soft > width / 2 ? soft : width;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...pieces, rest];
}
