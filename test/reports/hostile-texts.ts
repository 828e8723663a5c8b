import fc from 'fast-check';
import type { Audit } from '../../shared/reports/scan.ts';
import { audit, cluster, verdict } from './made-up-scan.ts';

const nasty = [
  '\u001B[2J\u001B]0;owned\u0007',
  '\u009B31m',
  '\u202Egnp.exe',
  '=HYPERLINK("https://evil.example","x")',
  '+1',
  '-2+3',
  '@SUM(A1)',
  "'=1",
  '\t=1',
  '\r\n=1',
  '＝1',
  '"quoted", and; more',
  '<script>alert(1)</script>',
  '</testsuite><testsuite>',
  ']]>',
  '<!-- --><img src=x onerror=alert(1)>',
  '&lt;&amp;&#60;',
  '\u0000\u0008\uFFFE\uFFFF',
  '\uD800',
  '| a | b |',
  '\\|',
  '`code` **bold** _it_ ~~gone~~ $x$',
  '[click](https://evil.example)',
  '[a\\](https://evil.example)',
  '![x](https://evil.example/x.png)',
  'https://evil.example www.evil.example a@b.example',
  '@octocat #1 org/repo#2 GH-3 :smile: :100: :+1: 10.0.0.1:443: x',
  '# heading',
  '- item',
  '1. one',
  '> quote',
  '--- ',
  '```\nfence',
  '</details><summary>',
  '[^1] [ ] [x]',
  '##vso[task.setvariable variable=x]y',
  '##[command]x',
  '::error file=x::y',
  '::add-mask::x',
  '/../../etc/passwd',
  'mailto:a@b.example xmpp:a@b.example',
  '==',
  '1) one',
];

/** Texts that somebody gives to a resource to steer whoever reads the report. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...nasty) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
      { weight: 1, arbitrary: fc.constantFrom(' ', '\\', '|', 'name', 'a b') },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(''));

/** Where the texts stand in `hostileAudit`. */
export interface Texts {
  readonly name: string;
  readonly location: string;
  readonly summary: string;
  readonly rule: string;
  readonly says: string;
  readonly what: string;
  readonly why: string;
  readonly reason: string;
}

export const hostileTexts: fc.Arbitrary<Texts> = fc.record({
  name: hostileText,
  location: hostileText,
  summary: hostileText,
  rule: hostileText,
  says: hostileText,
  what: hostileText,
  why: hostileText,
  reason: hostileText,
});

/** An audit of one cluster with a failure, an exempt one and an unknown verdict, whose texts are these. */
export function hostileAudit(texts: Texts): Audit {
  const { name, location, summary, rule, says, what, why, reason } = texts;
  const at = `/subscriptions/s/resourcegroups/g/providers/p/t/n${name.replaceAll('/', '')}`;
  const exempt = {
    reason,
    approvedBy: reason,
    ticket: reason,
    expiresOn: null,
    source: 'settings',
  } as const;
  const evidence = [{ at, rule, says }];
  const missing = [{ what, scope: at, why }];
  const changes = { clusterId: at, subjectId: at, summary, evidence };
  const own = [
    verdict('scoring-inbound-allowed', 'x', 'fail', 'high', changes),
    verdict('private-cluster', 'x', 'fail', 'medium', { ...changes, exempt }),
    verdict('network-contributor-granted', 'x', 'unknown', 'high', { ...changes, missing }),
  ];
  return audit([{ clusters: [{ ...cluster(name, own), id: at, location }], verdicts: own }], {
    gaps: [{ what, scope: at, why }],
    assumptions: [summary],
    warnings: [reason],
  });
}
