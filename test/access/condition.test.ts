import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionReach } from '../../shared/access/condition-reach.ts';
import { parseCondition } from '../../shared/access/condition.ts';
import { permits } from '../../shared/access/permitted.ts';

const deep = import.meta.env.MODE === 'deep' ? 10 : 1;

const join1 = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const write = 'Microsoft.Authorization/roleAssignments/write';
const readBlob = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
const network = "@Resource[Microsoft.Network/virtualNetworks:name] StringEquals 'spoke'";
/** As the documentation writes delegation, line breaks and all. */
const delegation = `(
 (
  !(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})
 )
 OR
 (
  @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {4d97b98b-1d4f-4787-a291-c67834d212e7, acdd72a7-3385-48ef-bd42-f606fba81ae7}
  AND
  @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'User', 'Group'}
 )
)
AND
(
 (
  !(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})
 )
 OR
 (
  @Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {4d97b98b-1d4f-4787-a291-c67834d212e7}
 )
)`;

/** What the condition does to the action: `lets` it through for certain, `cuts` it, or `may` do either. */
function says(condition: string, action: string): 'lets' | 'may' | 'cuts' {
  const { certain, perhaps } = conditionReach(condition);
  if (permits(certain, action)) return 'lets';
  return permits(perhaps, action) ? 'may' : 'cuts';
}

describe('a condition', () => {
  it.each([
    ['lets', join1, delegation],
    ['may', write, delegation],
    ['may', 'microsoft.authorization/ROLEASSIGNMENTS/delete', delegation],
    ['may', join1, network],
    ['lets', join1, `(!(ActionMatches{'${write}'})) OR (${network})`],
    ['may', join1, `(!(ActionMatches{'Microsoft.Network/*'})) OR (${network})`],
    ['cuts', join1, `!(ActionMatches{'Microsoft.Network/*'})`],
    ['cuts', join1, `NOT ActionMatches{'*/join/action'} && ${network}`],
    ['cuts', join1, `ActionMatches{'*/read'} and (${network})`],
    ['may', readBlob, `ActionMatches{'*/read'} and (${network})`],
    ['lets', join1, `ActionMatches{'*/read'} || ActionMatches{'Microsoft.Network/*'}`],
    ['lets', join1, `(!(ActionMatches{'${readBlob}'} AND NOT SubOperationMatches{'Blob.List'}))`],
    ['may', readBlob, `(!(ActionMatches{'${readBlob}'} AND NOT SubOperationMatches{'Blob.List'}))`],
    [
      'lets',
      join1,
      `((!(ActionMatches{'${readBlob}'} AND SubOperationMatches{'Blob.Read.WithTagConditions'}) AND !(ActionMatches{'${write}'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:Project<$key_case_sensitive$>] StringEquals 'Cascade'))`,
    ],
    [
      'may',
      join1,
      `@Request[a/b:versionId] DateTimeEquals '2022-06-01T00:00:00.0Z' OR NOT Exists @Request[a/b:versionId]`,
    ],
    [
      'may',
      join1,
      '@Resource[a:isHnsEnabled] BoolEquals true AND @Resource[a:size] NumericLessThan -5',
    ],
    ['may', join1, "{'red', 'blue'} ForAnyOfAnyValues:StringEquals @Principal[a/b:colours]"],
    ['may', join1, "@Resource[a:path] StringLike 'readonly\\*/it?'"],
    ['lets', join1, `${network} OR ActionMatches{'*'}`],
    ['may', join1, '@Resource[a:size] NumericEquals 5'],
    ['may', join1, '@Resource[a:size] NumericEquals 15 OR @Resource[a:size] NumericEquals -15'],
    ['lets', join1, `${'('.repeat(100)}ActionMatches{'*'}${')'.repeat(100)}`],
    ['lets', join1, `${'!'.repeat(100)}ActionMatches{'*'}`],
  ])('%s %s: %s', (expected, action, condition) => {
    expect(parseCondition(condition)).toBeDefined();
    expect(says(condition, action)).toBe(expected);
  });

  const a = "ActionMatches{'a'}";
  it.each([
    '',
    'x',
    "(@Subject.Application == '55dc16a2-3e72-4a5e-b430-50311bb101b9')",
    `${a} AND ${network} OR ${a}`,
    `${a} OR ${network} AND ${a}`,
    `(${a}`,
    `${a})`,
    `${a} ${a}`,
    `${a} AND`,
    `AND ${a}`,
    `!`,
    `ActionMatches{'a', 'b'}`,
    `ActionMatches{a}`,
    `ActionMatches{'a?'}`,
    `ActionMatches('a')`,
    `ActionMatches {'a'`,
    'ActionMatches{',
    `ActionMatches{'?a'}`,
    `Exists 'a'`,
    'Exists',
    `Elsewhere{'a'}`,
    "@Resource[a:b] StringEquals 'it\\'s'",
    "@Resource[a:b] StringEquals 'it''s'",
    "@Resource[a:b] StringEquals 'open",
    "@Resource[a:b] 'x'",
    "@Resource[a:b] AND 'x'",
    "@Resource[a:b] StringEquals {'x',}",
    "@Resource[a:b] ForAnyOfAnyValues:StringEquals ('x'}",
    "@Resource[a:b] ForAnyOfAnyValues:StringEquals {'x' AND 'y'}",
    '@Resource[a:b] StringEquals x5',
    '@Resource[a:b] StringEquals 5x',
    "@Resource[a:b] 5Equals 'x'",
    "@Resource[a:b] String.Equals 'x'",
    '@Resource[a:b] StringEquals {}',
    '@Resource[a:b] StringEquals',
    "@Resource[a:b] ~ 'x'",
    `${'('.repeat(500)}${a}${')'.repeat(500)}`,
    `${'!'.repeat(500)}${a}`,
    `${'('.repeat(101)}${a}${')'.repeat(101)}`,
    `${'!'.repeat(101)}${a}`,
  ])('is not understood: %s', (condition) => {
    expect(parseCondition(condition)).toBeUndefined();
    expect(conditionReach(condition)).toEqual({
      certain: [],
      perhaps: [{ actions: ['*'], notActions: [] }],
      doubt: 'notUnderstood',
    });
  });

  it('of too many parts is as good as not understood', () => {
    const anyOf = (patterns: readonly string[]) =>
      patterns.map((pattern) => `(ActionMatches{'${pattern}'} AND ${network})`).join(' OR ');
    const many = Array.from({ length: 12 }, (_, index) => `*${index}-*`);
    expect(conditionReach(anyOf(many)).doubt).toBe('notUnderstood');
    const tangled = ['*a*b*c*d*e*f*', '*g*h*i*j*k*l*'];
    expect(conditionReach(anyOf(tangled)).doubt).toBe('notUnderstood');
  });
});

describe('what a condition lets through', () => {
  const everything = [{ actions: ['*'], notActions: [] }];
  const perhaps = (patterns: readonly string[]) =>
    patterns.map((pattern) => `(ActionMatches{'${pattern}'} AND ${network})`).join(' OR ');
  /** Each lies in the one before, so that no text leaves any of them aside. */
  const nested = (count: number) =>
    Array.from({ length: count }, (_, at) => `${'abcdefgh'.slice(0, at + 1)}*`);
  const apart = Array.from({ length: 60 }, (_, at) => `n${at}/*`);

  it('is everything at the most where it excludes nothing for certain', () => {
    expect(conditionReach(delegation).perhaps).toEqual(everything);
  });

  it('is everything where it excludes nothing at all', () => {
    expect(conditionReach("ActionMatches{'a*'} OR !(ActionMatches{'a*'})")).toEqual({
      certain: everything,
      perhaps: everything,
    });
  });

  it('is kept apart in 128 parts at the most', () => {
    expect(conditionReach(perhaps(nested(7))).doubt).toBe('circumstances');
    expect(conditionReach(perhaps(nested(8))).doubt).toBe('notUnderstood');
  });

  it('has a part for each of many patterns that have nothing in common', () => {
    expect(conditionReach(perhaps(apart)).doubt).toBe('circumstances');
  });

  it('is not divided where it is decided', () => {
    const any = nested(8).map((pattern) => `ActionMatches{'${pattern}'}`);
    const { perhaps: most, doubt } = conditionReach(any.join(' OR '));
    expect([permits(most, 'a/b/read'), permits(most, 'b/c/read'), doubt]).toEqual([
      true,
      false,
      undefined,
    ]);
  });
});

/** A condition as its text and its meaning, given the action and the truth of each attribute. */
interface Meant {
  readonly text: string;
  readonly means: (action: string, attributes: readonly boolean[]) => boolean;
}

const attributes = [
  "@Resource[a/b:name] StringEquals 'x'",
  '@Request[a/b:ids] ForAnyOfAnyValues:GuidEquals {4d97b98b-1d4f-4787-a291-c67834d212e7}',
  "SubOperationMatches{'Blob.List'}",
  'Exists @Environment[a/b:c]',
];
const patterns = ['*', 'n/*', '*/read', 'N/v/*/action', 'n/v/read', 'c/*', '*v*'];
const actions = ['n/v/read', 'n/v/write', 'n/v/s/action', 'n/r/read', 'c/x/delete', 'c/v/read'];

const meant: fc.Arbitrary<Meant> = fc.letrec<{ any: Meant }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...patterns).map((pattern): Meant => ({
      text: `ActionMatches{'${pattern}'}`,
      means: (action) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action),
    })),
    fc.nat(attributes.length - 1).map((index): Meant => ({
      text: attributes[index] ?? '',
      means: (_, truths) => truths[index] ?? false,
    })),
    fc.tuple(tie('any'), fc.constantFrom('!', 'NOT ', 'not ')).map(([of, not]): Meant => ({
      text: `${not}(${of.text})`,
      means: (action, truths) => !of.means(action, truths),
    })),
    fc
      .tuple(
        fc.array(tie('any'), { minLength: 2, maxLength: 3 }),
        fc.constantFrom('AND', '&&', 'OR', '||'),
      )
      .map(([of, joint]): Meant => ({
        text: of.map(({ text }) => `(${text})`).join(` ${joint} `),
        means: (action, truths) =>
          joint === 'AND' || joint === '&&'
            ? of.every((one) => one.means(action, truths))
            : of.some((one) => one.means(action, truths)),
      })),
  ),
})).any;

const allTruths = Array.from({ length: 2 ** attributes.length }, (_, bits) =>
  attributes.map((__, index) => ((bits >> index) & 1) === 1),
);

describe('laws of conditions', () => {
  it('lets through and cuts only what it does whatever the attributes are', () => {
    fc.assert(
      fc.property(meant, fc.constantFrom(...actions), ({ text, means }, action) => {
        expect(parseCondition(text)).toBeDefined();
        const outcomes = new Set(allTruths.map((truths) => means(action, truths)));
        const said = says(text, action);
        const isRight = outcomes.size === 1 && outcomes.has(said === 'lets');
        expect(said === 'may' || isRight).toBe(true);
      }),
      { numRuns: 3000 * deep },
    );
  });

  it('decides every action that its attributes have no say in', () => {
    fc.assert(
      fc.property(meant, fc.constantFrom(...actions), ({ text, means }, action) => {
        // Where each attribute stands once, true or false is all there is to know.
        fc.pre(attributes.every((one) => text.split(one).length <= 2));
        const outcomes = new Set(allTruths.map((truths) => means(action, truths)));
        const expected = outcomes.size === 2 ? 'may' : outcomes.has(true) ? 'lets' : 'cuts';
        expect(says(text, action)).toBe(expected);
      }),
      { numRuns: 3000 * deep },
    );
  });

  it('reads any text without throwing', () => {
    const pieces = [
      '(',
      ')',
      '{',
      '}',
      "'a'",
      "'",
      'AND',
      'OR',
      '!',
      'NOT',
      'Exists',
      ',',
      ' ',
      '@A[b]',
      'ActionMatches',
      'x',
      '5',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (words) => {
        const { certain, doubt } = conditionReach(words.join(' '));
        expect(doubt === 'notUnderstood' ? certain : []).toEqual([]);
      }),
      { numRuns: 2000 * deep },
    );
  });
});

const recordings = join(resolve(process.env.PORTCULLIS_FIXTURES ?? '../shared/fixtures'), 'pool');

describe.skipIf(!existsSync(recordings))(
  'recorded conditions (skipped where PORTCULLIS_FIXTURES has none)',
  () => {
    const conditions = existsSync(recordings)
      ? new Set(
          ['role_assignment', 'list_role_assignment', 'role_definition', 'list_role_definition']
            .flatMap((kind) =>
              readdirSync(join(recordings, kind)).map((file) => join(recordings, kind, file)),
            )
            .flatMap((file) => conditionsIn(JSON.parse(readFileSync(file, 'utf8')))),
        )
      : new Set<string>();

    it('are understood but for those of version 1.0', () => {
      expect(conditions.size).toBeGreaterThan(4);
      const puzzling = [...conditions].filter((one) => parseCondition(one) === undefined);
      expect(puzzling.filter((one) => !one.includes('@Subject.'))).toEqual([]);
    });

    it('of delegation let every action of networks through', () => {
      const delegations = [...conditions].filter((one) => one.includes('roleAssignments/write'));
      expect(delegations.length).toBeGreaterThan(0);
      for (const one of delegations)
        expect([says(one, join1), says(one, write)]).toEqual(['lets', 'may']);
    });
  },
);

function conditionsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'condition' && typeof inner === 'string' && inner !== ''
      ? [inner]
      : conditionsIn(inner),
  );
}
