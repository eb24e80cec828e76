import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { notFound } from '#server/domain/errors.ts';
import { createLog } from '../logging/log.ts';
import { createMaskError } from './mask-error.ts';

const lines: string[] = [];
const log = createLog('info', { write: (line) => lines.push(line) });
const mask = createMaskError(log, () => 'id-1');
const asThrown = (originalError: Error) => new GraphQLError(originalError.message, { originalError, path: ['field'] });

test('an unexpected error is shown as an id alone, and logged under it', () => {
  const masked = mask(asThrown(new Error('password of the database: sentinel')));
  expect(masked).toMatchObject({ path: ['field'], extensions: { code: 'INTERNAL', requestId: 'id-1' } });
  expect(JSON.stringify(masked)).not.toContain('sentinel');
  expect(lines.join()).toContain('"requestId":"id-1"');
});

test('an expected error outside a result keeps its code and hint', () => {
  expect(mask(asThrown(notFound('The deployment')))).toMatchObject({
    message: 'The deployment was not found.',
    extensions: { code: 'NOT_FOUND', hint: expect.any(String), retryable: false },
  });
});

test('a full disk is named, and logged in one line without a stack', () => {
  lines.length = 0;
  const full = 'Database error. Code: `53100`. Message: `could not extend file "base/5/1": No space left on device`';
  expect(mask(asThrown(new Error(full)))).toMatchObject({
    message: 'The disk of the Catwalk server is full. Nothing was changed.',
    extensions: { code: 'STORAGE_FULL', retryable: true, hint: expect.stringContaining('free some space') },
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('stack');
});

test("GraphQL's own errors stay as they are", () => {
  const error = new GraphQLError('Syntax Error');
  expect(mask(error)).toBe(error);
});

test('the log writes no token, wherever it stands', () => {
  lines.length = 0;
  log.info({ headers: { authorization: 'Bearer sentinel', cookie: 'sentinel' }, token: 'sentinel' }, 'request');
  expect(lines.join()).not.toContain('sentinel');
});
