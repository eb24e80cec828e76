import { expect, test } from 'vitest';
import { acceptsAll, mediaTypeOf } from './media-types.ts';

const TYPES = ['application/json', 'text/event-stream'];

test.each([
  ['application/json, text/event-stream', true],
  ['text/event-stream;q=0.9, application/json;q=1', true],
  ['Application/JSON, Text/Event-Stream', true],
  ['application/json;charset=utf-8,text/event-stream', true],
  ['application/*, text/*', true],
  ['*/*', true],
  [undefined, true],
  ['application/json', false],
  ['application/json, text/*;q=0', false],
  ['*/*, text/event-stream;q=0', false],
  ['*/*;q=0, application/json, text/event-stream', true],
  ['application/jsonp, text/event-streams', false],
  ['', false],
])('an Accept header of %s is judged as RFC 9110 asks (%s)', (header, expected) => {
  expect(acceptsAll(header, TYPES)).toBe(expected);
});

test.each([
  ['application/json', 'application/json'],
  ['Application/JSON ; charset=utf-8', 'application/json'],
  ['text/plain; x=application/json', 'text/plain'],
  [undefined, ''],
])('the media type of %s is %s', (header, type) => {
  expect(mediaTypeOf(header)).toBe(type);
});
