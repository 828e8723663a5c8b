/** What XML 1.0 has no place for, not even as a reference: https://www.w3.org/TR/xml/#charsets */
const unfit = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** A text as the value of an attribute, in double quotes: blanks stay what they are. */
export function xmlAttribute(text: string): string {
  return fitting(text).replaceAll(/[&<>"\t\n\r]/g, (character) => references[character] ?? '');
}

/** A text as the content of an element. */
export function xmlContent(text: string): string {
  return fitting(text).replaceAll(/[&<>\r]/g, (character) => references[character] ?? '');
}

/** Halves of characters, controls and the like give way to the replacement character. */
function fitting(text: string): string {
  return text.toWellFormed().replaceAll(unfit, '\uFFFD');
}
