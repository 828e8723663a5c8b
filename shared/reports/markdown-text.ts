import { plainText } from './text-layout.ts';

/**
 * A text of others as Markdown that shows nothing but it: no markup, no HTML, and on GitHub no link,
 * no mention, no reference to an issue, no emoji, no formula. A comment parts what would be linked after the
 * markup is read, for there no escape helps. The text stands on one line, also as a cell of a table.
 */
export function markdownText(text: string): string {
  const plain = plainText(text).toWellFormed();
  // What begins a heading, a list, a rule or an underline at the start of a line.
  const [begin = ''] = /^(?:[#+\-=]|\d+(?=[.)]))/.exec(plain) ?? [];
  if (begin === '') return escaped(plain);
  return /\d/.test(begin)
    ? `${begin}<!-- -->${escaped(plain.slice(begin.length))}`
    : `\\${escaped(plain)}`;
}

const markup =
  /[\\`*_[\]~$]|[&<>|]|@|#(?=\d)|:(?=\/\/|(?:[\w+-]*[a-z_][\w+-]*|[+-]1|100|1234):)|\bwww(?=\.)|\bGH-(?=\d)|(?:mailto|xmpp)(?=:)/gi;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
};

function escaped(text: string): string {
  return text.replaceAll(markup, (mark) => {
    const entity = entities[mark];
    if (entity !== undefined) return entity;
    return /^[\\`*_[\]~$]$/.test(mark) ? `\\${mark}` : `${mark}<!-- -->`;
  });
}

/** The text on one line, of at most `most` characters. */
export function clipped(text: string, most: number): string {
  const characters = Array.from(plainText(text));
  return characters.length <= most
    ? characters.join('')
    : `${characters.slice(0, most - 1).join('')}…`;
}
