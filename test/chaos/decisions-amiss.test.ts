/** What must hold of approvals is seen to fail: journals and answers in which the service breaks its word. */
import { describe, expect, it } from 'vitest';
import { type JournalRow, type Step, headOf } from '../../shared/remediation/journal.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import type { Remediation } from '../../shared/remediation/remediation-store.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';
import { planRows } from '../pipeline/audit-rows.ts';
import type { Asked } from './approver.ts';
import { decisionsAmiss } from './decisions-amiss.ts';

const { rows, settings } = generateEstate(1, 60, { unread: [], managementGroupCoverage: true });
const plans = (await planRows(rows, settings)).flatMap((one) =>
  one.kind === 'plan' ? [one.plan] : [],
);
const [asking] = plans.filter(({ approval }) => approval);
const [unasked] = plans.filter(({ approval }) => !approval);
if (asking === undefined || unasked === undefined) throw new Error('there is nothing to decide');

const at = '2026-11-24T03:00:00.000Z';
const by = 'ada@example.com';

function remediationOf(plan: Plan, ...steps: readonly Step[]): Remediation {
  const journal = [{ step: 'requested', plan, by: 'service' } as const, ...steps].map(
    (step): JournalRow => ({ ...step, at }),
  );
  return { head: headOf(plan.id, journal), rows: journal, version: '1' };
}

/** What carrying a plan out leaves in its journal. */
function carriedOut({ changes }: Plan): readonly Step[] {
  return [
    { step: 'confirmed', before: { images: [], passing: {} } },
    ...changes.flatMap((_, index): readonly Step[] => [
      { step: 'writing', index },
      { step: 'written', index, made: true },
    ]),
    { step: 'verified' },
    { step: 'ended', outcome: 'done' },
  ];
}

const { id, hash } = asking;
const approved: Step = { step: 'approved', by, hash };
const rejected: Step = { step: 'rejected', by, because: 'looked at' };
const ended: Step = { step: 'ended', outcome: 'rejected' };
const askedBack: Step = { step: 'rollbackAsked', by, because: 'looked at' };
const done = remediationOf(asking, approved, ...carriedOut(asking));

function askedFor(kind: Asked['kind'], more: Partial<Asked> = {}): Asked {
  return { id, hash, by, kind, answer: 'taken', ...more };
}

function sentFor({ changes }: Plan): readonly string[] {
  return changes.map(({ method, url }) => `${method} ${url.split('?')[0] ?? ''}`);
}

function amiss(
  remediation: Remediation,
  asked: readonly Asked[],
  sent: readonly string[] = [],
  overwritten: readonly string[] = [],
): readonly string[] {
  return decisionsAmiss({ asked, azure: { sent, overwritten } }, [remediation]);
}

const puts = sentFor(asking);
const [put = ''] = puts;

describe('what was decided is well', () => {
  it('where it was approved once and carried out once', () => {
    expect(amiss(done, [askedFor('approve')], puts)).toEqual([]);
  });

  it('where nobody had to be asked', () => {
    const own = remediationOf(unasked, ...carriedOut(unasked));
    expect(amiss(own, [], sentFor(unasked))).toEqual([]);
  });

  it('where it was rejected and left alone', () => {
    expect(amiss(remediationOf(asking, rejected, ended), [askedFor('reject')])).toEqual([]);
  });

  it('where no answer came, whichever it was', () => {
    const unsure = askedFor('approve', { answer: 'unsure' });
    expect(amiss(done, [unsure], puts)).toEqual([]);
    expect(amiss(remediationOf(asking), [unsure])).toEqual([]);
  });

  it('where two asked, and one was told that the other has', () => {
    const other = askedFor('reject', { by: 'ben@example.com', answer: 'refused' });
    expect(amiss(done, [askedFor('approve'), other], puts)).toEqual([]);
  });

  it('where it is taken back after its end', () => {
    const back = remediationOf(
      asking,
      approved,
      ...carriedOut(asking),
      askedBack,
      ...asking.changes.flatMap((_, index): readonly Step[] => [
        { step: 'removing', index },
        { step: 'removed', index },
      ]),
      { step: 'ended', outcome: 'rolledBack' },
    );
    expect(amiss(back, [askedFor('approve'), askedFor('rollback')], puts)).toEqual([]);
  });
});

describe('what was decided is amiss', () => {
  const yes = [askedFor('approve')];
  const no = [askedFor('reject')];
  const cases: readonly [string, () => readonly string[], RegExp][] = [
    [
      'it is begun, and nobody approved it',
      () => amiss(remediationOf(asking, ...carriedOut(asking)), []),
      /^begun, and nobody approved it/,
    ],
    [
      'it is begun before it is approved',
      () => amiss(remediationOf(asking, ...carriedOut(asking).slice(0, 1), approved), yes),
      /^begun, and nobody approved it/,
    ],
    [
      'another plan is approved',
      () =>
        amiss(remediationOf(asking, { ...approved, hash: 'other' }, ...carriedOut(asking)), [
          askedFor('approve', { hash: 'other', answer: 'refused' }),
        ]),
      /^begun, and nobody approved it/,
    ],
    [
      'another plan than the one that waits is said to be taken',
      () => amiss(done, [...yes, askedFor('approve', { hash: 'other' })], puts),
      /^taken, for another plan/,
    ],
    [
      'its check asks for an approval and its plan does not',
      () => {
        const silent = { ...asking, approval: false };
        return amiss(remediationOf(silent, ...carriedOut(silent)), []);
      },
      /^begun, and nobody approved it/,
    ],
    [
      'it is held and begun all the same',
      () => {
        const held = { step: 'requested', plan: unasked, by: 'service', held: true } as const;
        const journal = [held, ...carriedOut(unasked)].map((step): JournalRow => ({ ...step, at }));
        return amiss({ head: headOf(unasked.id, journal), rows: journal, version: '1' }, []);
      },
      /^begun, and nobody approved it/,
    ],
    [
      'Azure was sent what nobody approved, whatever journals say',
      () => amiss(remediationOf(asking), [], puts),
      /^neither automatic nor approved: put /,
    ],
    [
      'Azure was sent what was rejected',
      () => amiss(remediationOf(asking, rejected, ended), no, puts),
      /^neither automatic nor approved: put /,
    ],
    [
      'it is rejected and begun',
      () => amiss(remediationOf(asking, rejected, ...carriedOut(asking)), no),
      /^begun, and rejected/,
    ],
    [
      'it is rejected and done',
      () => amiss(remediationOf(asking, rejected, ...carriedOut(asking)), no),
      /^rejected, and done/,
    ],
    [
      'it is approved and rejected',
      () => amiss(remediationOf(asking, approved, rejected, ended), [...yes, ...no]),
      /^approved and rejected/,
    ],
    [
      'it ends as rejected by nobody',
      () => amiss(remediationOf(asking, ended), []),
      /^nobody rejected it/,
    ],
    [
      'it is approved and never ends',
      () => amiss(remediationOf(asking, approved), yes),
      /^approved, and approved/,
    ],
    [
      'it is approved and expires',
      () =>
        amiss(
          remediationOf(
            asking,
            approved,
            { step: 'expired' },
            { step: 'ended', outcome: 'expired' },
          ),
          yes,
        ),
      /^approved, and expired/,
    ],
    [
      'it is approved and fails without a word',
      () =>
        amiss(
          remediationOf(
            asking,
            approved,
            { step: 'refused', because: '' },
            { step: 'ended', outcome: 'refused' },
          ),
          yes,
        ),
      /^approved, and refused without a word/,
    ],
    [
      'what was taken is not in the journal',
      () => amiss(remediationOf(asking), yes),
      /^taken, and 0 times in the journal/,
    ],
    [
      'what was taken is in the journal twice',
      () => amiss(remediationOf(asking, approved, approved, ...carriedOut(asking)), yes),
      /^taken, and 2 times in the journal/,
    ],
    [
      'two approve it',
      () =>
        amiss(remediationOf(asking, approved, { ...approved, by: 'ben@example.com' }), [
          ...yes,
          askedFor('approve', { by: 'ben@example.com' }),
        ]),
      /^2 times approved/,
    ],
    [
      'the journal has another name',
      () => amiss(remediationOf(asking, { ...approved, by: 'service' }), yes),
      /^approved by service, who never asked for it/,
    ],
    [
      'whoever decided was told that it came to nothing',
      () => amiss(done, [askedFor('approve', { answer: 'refused' })], puts),
      /^approved by ada@example.com, who never was told so/,
    ],
    [
      'somebody decided on what is not there',
      () => amiss(done, [...yes, askedFor('approve', { id: 'other' })], puts),
      /^ada@example.com decided on other, and there is no such plan/,
    ],
    [
      'it goes on after its end',
      () =>
        amiss(
          remediationOf(asking, approved, ...carriedOut(asking), { step: 'writing', index: 0 }),
          yes,
        ),
      /^writing after its end/,
    ],
    [
      'it is written after it was to be taken back',
      () =>
        amiss(
          remediationOf(asking, approved, ...carriedOut(asking), askedBack, {
            step: 'writing',
            index: 0,
          }),
          [...yes, askedFor('rollback')],
        ),
      /^written after it was to be taken back/,
    ],
    [
      'it is to be taken back and stays',
      () => amiss(done, [...yes, askedFor('rollback')], puts),
      /^taken, and 0 times in the journal: .*rollback/,
    ],
    [
      'it is to be taken back and its end says nothing of that',
      () =>
        amiss(remediationOf(asking, approved, ...carriedOut(asking), askedBack), [
          ...yes,
          askedFor('rollback'),
        ]),
      /^to be taken back, and running/,
    ],
    [
      'it is taken back, and nobody asked for it',
      () =>
        amiss(
          remediationOf(asking, approved, ...carriedOut(asking).slice(0, 3), {
            step: 'removing',
            index: 0,
          }),
          yes,
        ),
      /^taken back, and nobody asked for it/,
    ],
    [
      'Azure was sent an end of what no journal takes back',
      () => amiss(done, yes, [...puts, put.replace('PUT', 'DELETE')]),
      /^taken back, and no journal says so/,
    ],
    [
      'it is said to be taken back and nothing is',
      () =>
        amiss(
          remediationOf(asking, approved, ...carriedOut(asking), askedBack, {
            step: 'ended',
            outcome: 'rolledBack',
          }),
          [...yes, askedFor('rollback')],
          puts,
        ),
      /^rolledBack, but for change 0/,
    ],
    [
      'its journal has a change written twice',
      () =>
        amiss(
          remediationOf(asking, approved, ...carriedOut(asking).slice(0, 3), {
            step: 'written',
            index: 0,
            made: true,
          }),
          yes,
        ),
      /^written 2 times: change 0/,
    ],
    [
      'Azure was sent a change more often than its journal begins it',
      () =>
        amiss(
          done,
          yes,
          Array.from({ length: 5 }, () => put),
        ),
      /^sent 5 times instead of 4/,
    ],
    [
      'Azure was sent a change that is there',
      () => amiss(done, yes, puts, [put]),
      /^written again although it is there/,
    ],
  ];

  it.each(cases)('where %s', (_, found, says) => {
    expect(found()).toContainEqual(expect.stringMatching(says));
  });
});
