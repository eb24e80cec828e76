import { describe, expect, test } from 'vitest';
import { decodeHeader } from './header-values.ts';
import { findHeaderMismatch } from './tool-headers.ts';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');

describe('a header that repeats a part of the body', () => {
  test.each([
    ['us-west1', 'us-west1'],
    ['=?base64?SGVsbG8sIOS4lueVjA==?=', latin1('Hello, 世界')],
    ['=?base64?IHBhZGRlZCA=?=', ' padded '],
    ['=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=', '=?base64?literal?='],
    ['=?base64?SGVsbG8', '=?base64?SGVsbG8'],
    ['SGVsbG8=?=', 'SGVsbG8=?='],
    ['=?base64??=', ''],
  ])('%s is decoded', (header, value) => expect(decodeHeader(header)).toBe(value));

  test.each(['=?base64?SGVsbG8?=', '=?base64?SGVs!!!bG8=?=', latin1('größe'), 'größe', 'a\u0001b'])(
    '%j is malformed',
    (header) => expect(decodeHeader(header)).toBeNull(),
  );
});

describe('parameters that are repeated in headers', () => {
  const annotated = [
    { header: 'mcp-param-region', path: ['region'] },
    { header: 'mcp-param-size', path: ['box', 'size'] },
    { header: 'mcp-param-flag', path: ['flag'] },
  ];

  test.each([
    [{}, {}],
    [{ region: null }, {}],
    [{ region: 'eu' }, { 'mcp-param-region': 'eu' }],
    [{ region: latin1('ü') }, { 'mcp-param-region': '=?base64?w7w=?=' }],
    [{ box: { size: 42 } }, { 'mcp-param-size': '42.0' }],
    [{ flag: false }, { 'mcp-param-flag': 'false' }],
    [{ region: 'eu' }, { 'mcp-param-region': 'eu', 'mcp-param-unknown': 'x' }],
  ])('%j agrees with %j', (args, headers) => expect(findHeaderMismatch(annotated, headers, args)).toBeNull());

  test.each([
    [{ region: 'eu' }, {}],
    [{ region: 'eu' }, { 'mcp-param-region': 'us' }],
    [{ region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8?=' }],
    [{ box: { size: 42 } }, { 'mcp-param-size': '43' }],
    [{ box: { size: 0 } }, { 'mcp-param-size': '' }],
    [{ flag: true }, { 'mcp-param-flag': 'True' }],
    [{ region: null }, { 'mcp-param-region': 'eu' }],
    [undefined, { 'mcp-param-region': 'eu' }],
  ])('%j does not agree with %j', (args, headers) =>
    expect(findHeaderMismatch(annotated, headers, args)).not.toBeNull(),
  );
});
