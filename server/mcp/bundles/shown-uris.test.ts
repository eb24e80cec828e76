import { expect, test } from 'vitest';
import { keepShownUri, shownUriIn } from './call.ts';

const MEMBER = { prefix: 'files', deploymentId: 'd', viewId: null, name: 'Files' };

test('a session keeps the URIs that its client used last, and no more than a thousand', () => {
  const uris = new Map<string, string>();
  const shown = (uri: string) => shownUriIn(uris)(MEMBER, uri);
  for (let at = 0; at < 5_000; at += 1) keepShownUri(uris, { member: MEMBER, name: `a://${at}` }, `files+a://${at}`);
  expect(uris.size).toBe(1_000);
  expect(shown('a://4999')).toBe('files+a://4999');
  expect(shown('a://1')).toBe('a://1');
  keepShownUri(uris, { member: MEMBER, name: 'a://plain' }, 'a://plain');
  expect(uris.size).toBe(1_000);
});
