import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedQuery, manyOf, oneOf, wordsOf } from '../../dashboard/routing/query.ts';

const value = fc.string({ minLength: 1 }).filter((text) => text.isWellFormed());

describe('the query of the dashboard', () => {
  it('gives back what was put in, whatever characters it has', () => {
    fc.assert(
      fc.property(fc.uniqueArray(value, { minLength: 1 }), (values) => {
        expect(manyOf(changedQuery('?a=1', { posture: values }), 'posture')).toEqual(values);
      }),
    );
    fc.assert(
      fc.property(value, (text) => {
        expect(oneOf(changedQuery('', { search: text }), 'search')).toBe(text);
      }),
    );
  });

  it('leaves alone what is not changed, and takes out what is empty', () => {
    const search = changedQuery('?sort=name&posture=unknown', {
      posture: [],
      location: ['a', 'b'],
    });
    expect(oneOf(search, 'sort')).toBe('name');
    expect(oneOf(search, 'posture')).toBeUndefined();
    expect(manyOf(search, 'location')).toEqual(['a', 'b']);
    expect(changedQuery('?sort=name', { sort: undefined })).toBe('');
  });

  it('knows only words that it knows', () => {
    expect(wordsOf('?p=b,x,a', 'p', ['a', 'b', 'c'])).toEqual(['a', 'b']);
  });
});
