import { describe, expect, test } from 'vitest';
import { parseAssignment, parseCount, splitAtDashes } from './assignments.ts';

describe('assignments', () => {
  test('take everything after the first equals sign as the value', () => {
    expect(parseAssignment('--env', 'URL=http://a/?b=c')).toEqual({ name: 'URL', value: 'http://a/?b=c' });
    expect(parseAssignment('--env', 'EMPTY=')).toEqual({ name: 'EMPTY', value: '' });
  });

  test('a name alone takes its value from the environment, and an unset one is wrong usage', () => {
    expect(parseAssignment('--env', 'KEY', { KEY: 'secret' })).toEqual({ name: 'KEY', value: 'secret' });
    expect(() => parseAssignment('--env', 'KEY', {})).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  test('reports a name alone as wrong usage without an environment to take it from', () => {
    expect(() => parseAssignment('--arg', 'path')).toThrow('--arg path has no value.');
    expect(() => parseAssignment('--arg', '=x')).toThrow('--arg needs a name.');
  });

  test('everything after the first -- belongs to the server, further -- and options included', () => {
    expect(splitAtDashes(['deploy', 'x', '--', '--json', '--', 'a'])).toEqual({
      own: ['deploy', 'x'],
      rest: ['--json', '--', 'a'],
    });
    expect(splitAtDashes(['ls'])).toEqual({ own: ['ls'], rest: null });
  });

  test.each(['', ' ', '1.5', '-1', '65536', 'x', '0x'])('refuses %j as a port', (text) => {
    expect(() => parseCount('--port', text, 65_535)).toThrow('is not a number between 0 and 65535');
  });
});
