import type { VerdictReport } from './report.ts';
import type { Sheet } from './table-sheet.ts';
import { commandLines } from './command-lines.ts';
import { type Proof, commandIn, packetText } from './proof-text.ts';
import { fit, hang, lastSegment, plainText, shortId, shortIds } from './text-layout.ts';

/**
 * The lines of each proof that says something which the summary or a proof before it does not, with
 * its command; `commands` are told elsewhere.
 */
export function proofsOf(
  verdict: VerdictReport,
  { width, paint }: Sheet,
  commands: readonly string[] = [],
): string[][] {
  const told = new Set(wordsOf(verdict.summary));
  const printed = new Set(commands);
  const isNew = (text: string) => text !== '' && !printed.has(text) && printed.add(text);
  const proofs: string[][] = [];
  for (const evidence of verdict.evidence) {
    const { witness } = evidence;
    const packet = witness === undefined ? '' : packetText(witness);
    const { rule: named, place, priority, remark } = blameOf(evidence, told);
    for (const word of wordsOf(`${named} ${place} ${priority}`)) told.add(word);
    const adds = isNews(remark, told) ? remark : '';
    const text = isNew(`${named}${place}`)
      ? [`${named}${place}${priority}`, adds].filter((part) => part !== '').join(': ')
      : adds && `${named} ${adds}`;
    for (const word of wordsOf(commandIn(evidence.says).sentence)) told.add(word);
    const { command = '' } = commandIn(evidence.says);
    const lines = [
      ...(isNew(packet) ? hang('   ▸ ', packet, width) : []),
      ...hang('     ', text, width).map((line) => paint(line.replaceAll(noBreak, ' '), 'faint')),
      ...(isNew(command) ? commandLines(command, width - 5) : []),
    ];
    if (lines.length > 0) proofs.push(lines);
  }
  return proofs;
}

const noBreak = '\u00A0';

interface Blame {
  /** Empty, as place and priority are, where the sentence names the rule itself. */
  readonly rule: string;
  readonly place: string;
  readonly priority: string;
  /** The rest of what the evidence says. */
  readonly remark: string;
}

function blameOf({ at, rule, says }: Proof, told: ReadonlySet<string>): Blame {
  const sentence = plainText(shortIds(commandIn(says).sentence));
  const place = lastSegment(at);
  const whole = { rule: '', place: '', priority: '', remark: sentence };
  if (rule === undefined || isGuid(rule)) return whole;
  const start = `${at.includes('/routetables/') ? 'route' : 'rule'} ${rule}`;
  const isSubject = startsWith(sentence, `${start} `);
  if (sentence.includes(rule) && !isSubject) {
    const isPlaced = told.has(place) || sentence.includes(place);
    return isPlaced ? whole : { ...whole, remark: `${sentence} (${place})` };
  }
  const priority = /\bpriority (\d+)/.exec(sentence)?.[1];
  const rest = (isSubject ? sentence.slice(start.length) : sentence)
    .replace(/^ *\(?priority \d+\)?,?/, '')
    .trim();
  const own = [`of ${place}`, `in ${place}`].find((text) => startsWith(`${rest} `, `${text} `));
  return {
    rule: start,
    place: ` · ${place}`,
    priority: priority === undefined ? '' : ` · priority${noBreak}${priority}`,
    remark: (own === undefined ? rest : rest.slice(own.length)).replace(/^[\s:,]+/, ''),
  };
}

function startsWith(text: string, start: string): boolean {
  return text.toLowerCase().startsWith(start.toLowerCase());
}

/** Whether a sentence has a word that was not told yet. */
function isNews(sentence: string, told: ReadonlySet<string>): boolean {
  return wordsOf(sentence).some((word) => !told.has(word));
}

const glue = new Set(['a', 'an', 'and', 'at', 'in', 'is', 'it', 'of', 'the', 'them', 'to']);

function wordsOf(text: string): string[] {
  return plainText(text)
    .toLowerCase()
    .split(' ')
    .map((word) => word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => word !== '' && !glue.has(word));
}

/** What is to blame, in a few words: rule and security group, or the rule alone where both are too long. */
export function causeText({ evidence }: Pick<VerdictReport, 'evidence'>, room: number): string {
  const blamed = evidence.find(({ rule }) => rule !== undefined && !isGuid(rule)) ?? evidence[0];
  if (blamed === undefined) return '';
  const place = lastSegment(blamed.at);
  if (blamed.rule === undefined || isGuid(blamed.rule))
    return fit(shortId(blamed.at), room).trimEnd();
  const both = plainText(`${blamed.rule} · ${place}`);
  return both.length <= room ? both : fit(blamed.rule, room).trimEnd();
}

function isGuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
