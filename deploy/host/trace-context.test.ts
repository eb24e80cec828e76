import { expect, test } from 'vitest';
import { formatTraceparent, parseTraceparent, readTracestate } from './trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test('a traceparent is read and written again', () => {
  for (const flags of ['00', '01']) {
    const context = parseTraceparent(`00-${TRACE}-${SPAN}-${flags}`);
    expect(context).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: flags === '01' });
    expect(context && formatTraceparent(context)).toBe(`00-${TRACE}-${SPAN}-${flags}`);
  }
});

test('a traceparent of a later version is read as far as it is known', () => {
  expect(parseTraceparent(`cc-${TRACE}-${SPAN}-03-what-comes`)).toEqual({
    traceId: TRACE,
    spanId: SPAN,
    isSampled: true,
  });
});

test.each([
  undefined,
  7,
  '',
  `ff-${TRACE}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01x`,
])('an invalid traceparent is no context: %j', (value) => {
  expect(parseTraceparent(value)).toBeNull();
});

test('a tracestate is passed on if it is short and printable', () => {
  expect(readTracestate('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE')).toBe('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE');
  for (const value of [undefined, '', 'a=\n', 'a='.padEnd(513, 'x')]) expect(readTracestate(value)).toBeNull();
});
