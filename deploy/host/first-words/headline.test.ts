import { expect, test } from 'vitest';
import { headlineOf } from './headline.ts';

const atStart = (text: string) => headlineOf(text.split('\n'), { served: false });

test('takes the message of an uncaught error, not its source line and not a frame of its stack', () => {
  const output = `file:///app/dist/index.js:12
    throw new Error('The orbit is not configured');
          ^

Error: The orbit is not configured
    at requireError (file:///app/dist/errors.js:4:9)
    at throwFatalError (file:///app/dist/index.js:12:11)

Node.js v24.1.0`;
  expect(atStart(output)).toBe('Error: The orbit is not configured');
});

test('takes the last line of a Python traceback', () => {
  const output = `Traceback (most recent call last):
  File "/app/server.py", line 3, in <module>
    raise_error_for_missing(config)
    ~~~~~~~~~~~~~~~~~~~~~~~^^^^^^^^
ValueError: The orbit is not configured`;
  expect(atStart(output)).toBe('ValueError: The orbit is not configured');
});

test('takes the first complaint of a start, and the last one of a server that had worked', () => {
  const lines = ['Starting', 'Could not read the map', 'Error: shutting down after a failure'];
  expect(headlineOf(lines, { served: false })).toBe('Could not read the map');
  expect(headlineOf(lines, { served: true })).toBe('Error: shutting down after a failure');
});

test('passes over warnings', () => {
  expect(atStart('WARN invalid cache, continuing\n(node:1) Warning: x is deprecated\nPort is required')).toBe(
    'Port is required',
  );
});

test('without a complaint takes the usage line, else the last line', () => {
  expect(atStart('orbit 1.0\nUsage: orbit <planet>\n  --help')).toBe('Usage: orbit <planet>');
  expect(atStart('Hello\nBye')).toBe('Bye');
  expect(headlineOf([' ', ''], { served: false })).toBeNull();
});
