import { expect, test } from 'vitest';
import { needsOf } from './needs.ts';

test.each([
  ['a variable that is not set', '!a', [['a']]],
  ['either of two', '!a && !b', [['a', 'b']]],
  ['both of two', '!a || !b', [['a'], ['b']]],
  ['either of two, negated as a whole', '!(a || b)', [['a', 'b']]],
  [
    'a key, or a name with a password',
    '!(key || (name && password))',
    [
      ['key', 'name'],
      ['key', 'password'],
    ],
  ],
  ['a comparison with undefined', 'a === undefined || b == null', [['a'], ['b']]],
  ['an empty string', "a === '' || !b.length", [['a'], ['b']]],
  ['a call that trims', '!process.env.A?.trim()', [['process.env.A']]],
  ['None of Python', 'a is None', [['a']]],
  ['a mode beside it proves nothing', "!a && mode === 'http'", []],
  ['an alternative that is no variable proves nothing', '!a && !isLocal(b)', []],
  ['a need stands although another condition ends the program too', '!a || isBroken(b)', [['a']]],
  ['a variable that is set', 'a', []],
  ['a condition of many pages', `${'!a && '.repeat(1_000)}!b`, []],
])('%s', (_, condition, expected) => expect(needsOf(condition)).toEqual(expected));
