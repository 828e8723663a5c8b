import type { z } from 'zod';
import { shownJson } from '../model/shown-json.ts';
import { nearest } from './nearest.ts';

/** One thing wrong with the settings. */
export interface SettingsProblem {
  /** The field from the top of the file, such as `exemptions[0].expiresOn`; empty for the file itself. */
  readonly path: string;
  /** What stands there, as JSON; undefined where nothing does. */
  readonly value: string | undefined;
  /** What is wrong and what to write instead, to be read after path and value. */
  readonly says: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Every problem of a refused settings file; `schema` is its JSON Schema, from which the known keys are read. */
export function problemsOf(
  issues: readonly Issue[],
  json: unknown,
  schema: unknown,
): SettingsProblem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, [], json, schema));
}

/** One line for people: `callers[0] "10.0.0.0/33" must be …`. */
export function problemText({ path, value, says }: SettingsProblem): string {
  return [path, value, says].filter((part) => part !== undefined && part !== '').join(' ');
}

function problemsOfIssue(
  issue: Issue,
  above: Path,
  json: unknown,
  schema: unknown,
): SettingsProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(key, path, json, schema));
  }
  if (issue.code === 'invalid_key') {
    const says = issue.issues[0]?.message ?? 'is no valid key';
    return [{ path: pathText(path.slice(0, -1)), value: shown(path.at(-1)), says }];
  }
  if (issue.code === 'invalid_union') {
    const branch = meantBranch(issue.errors);
    if (branch !== undefined) {
      return branch.flatMap((inner) => problemsOfIssue(inner, path, json, schema));
    }
  }
  return [
    { path: pathText(path), value: shown(valueAt(json, path)), says: saysOf(issue, path, json) },
  ];
}

/** The alternative whose outer type fits: only something within it, or an unknown key, is wrong. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find(
    (issues) =>
      issues.length > 0 &&
      issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  );
}

function saysOf(issue: Issue, path: Path, json: unknown): string {
  const value = valueAt(json, path);
  if (issue.code === 'invalid_type') {
    const wanted = typeName(issue.expected);
    return value === undefined
      ? `is missing; it must be ${wanted}`
      : `must be ${wanted}${quotedHint(issue.expected, value)}`;
  }
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String), value);
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code !== 'too_small') return issue.message;
  const empty = value === '' || Array.isArray(value);
  return empty ? 'must not be empty' : `must be at least ${issue.minimum}`;
}

function oneOf(allowed: readonly string[], value: unknown): string {
  const list = allowed.map((word) => JSON.stringify(word)).join(', ');
  const meant = typeof value === 'string' ? nearest(value, allowed) : undefined;
  return `must be one of ${list}${meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`}`;
}

function typeName(expected: string): string {
  switch (expected) {
    case 'boolean':
      return 'true or false';
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'string':
      return 'text in quotes';
    case 'array':
      return 'a list in [ ]';
    case 'record':
    case 'object':
      return 'an object in { }';
    default:
      return `of type ${expected}`;
  }
}

function quotedHint(expected: string, value: unknown): string {
  const wantsBare = expected === 'boolean' || expected === 'number' || expected === 'int';
  return wantsBare && typeof value === 'string' && /^(true|false|-?\d+(\.\d+)?)$/.test(value)
    ? `; write ${value} without quotes`
    : '';
}

function unknownKey(key: string, path: Path, json: unknown, schema: unknown): SettingsProblem {
  const places = keyPlaces(schema);
  const here = patternOf(path, places);
  const siblings = places.filter(({ parent }) => parent === here).map((place) => place.key);
  const sibling = nearest(key, siblings);
  const elsewhere = places.find((place) => place.key.toLowerCase() === key.toLowerCase());
  return {
    path: pathText([...path, key]),
    value: shown(valueAt(json, [...path, key])),
    says: unknownKeyAdvice(path, sibling, elsewhere, siblings),
  };
}

function unknownKeyAdvice(
  path: Path,
  sibling: string | undefined,
  elsewhere: KeyPlace | undefined,
  siblings: readonly string[],
): string {
  if (sibling !== undefined) {
    return `is an unknown key; did you mean "${pathText([...path, sibling])}"?`;
  }
  if (elsewhere !== undefined) {
    const home = elsewhere.parent === '' ? elsewhere.key : `${elsewhere.parent}.${elsewhere.key}`;
    return `is an unknown key; did you mean "${home}"?`;
  }
  return `is an unknown key; known here: ${siblings.join(', ')}`;
}

interface KeyPlace {
  /** Path of the object that may hold the key, with `*` for any name or index. */
  readonly parent: string;
  readonly key: string;
}

function keyPlaces(schema: unknown, at: readonly string[] = []): KeyPlace[] {
  if (!isObject(schema)) return [];
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const alternatives = [schema['anyOf'], schema['oneOf']].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  return [
    ...Object.entries(properties).flatMap(([key, inner]) => [
      { parent: at.join('.'), key },
      ...keyPlaces(inner, [...at, key]),
    ]),
    ...keyPlaces(schema['additionalProperties'], [...at, '*']),
    ...keyPlaces(schema['items'], [...at, '*']),
    ...alternatives.flatMap((alternative) => keyPlaces(alternative, at)),
  ];
}

/** The path with `*` for whatever is no fixed key, as `keyPlaces` writes it. */
function patternOf(path: Path, places: readonly KeyPlace[]): string {
  let pattern = '';
  for (const part of path) {
    const parent = pattern;
    const fixed = places.some((place) => place.parent === parent && place.key === part);
    const step = fixed ? String(part) : '*';
    pattern = pattern === '' ? step : `${pattern}.${step}`;
  }
  return pattern;
}

function pathText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = String(part);
      if (!/^[\w$-]+$/.test(name)) return `[${JSON.stringify(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}

function valueAt(json: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      isObject(value) && Object.hasOwn(value, part) ? value[String(part)] : undefined,
    json,
  );
}

function shown(value: unknown): string | undefined {
  const text = shownJson(value);
  return text !== undefined && text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
