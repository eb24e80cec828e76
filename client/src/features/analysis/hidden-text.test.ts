import { expect, test } from 'vitest';
import { DOTS, editedText, partsOf, shownText } from './hidden-text.ts';

const TEXT = 'A_TOKEN=t-secret npx -y a-mcp --api-key sk-1';
const parts = partsOf(TEXT, ['t-secret', 'sk-1']);

test('hides the secrets alone, whatever their length', () => {
  expect(shownText(parts)).toBe(`A_TOKEN=${DOTS} npx -y a-mcp --api-key ${DOTS}`);
  expect(shownText(partsOf('{"KEY": "a\\"b"}', ['a"b']))).toBe(`{"KEY": "${DOTS}"}`);
  expect(shownText(partsOf('npx -y a-mcp', []))).toBe('npx -y a-mcp');
});

test('hides a short secret where it stands alone', () => {
  expect(shownText(partsOf('PIN=x npx -y x-mcp --pin x mix', ['x']))).toBe(
    `PIN=${DOTS} npx -y ${DOTS}-mcp --pin ${DOTS} mix`,
  );
});

test('hides the whole text when a secret stands in it in no known spelling', () => {
  expect(shownText(partsOf('cursor://install?config=eyJrIjoidCJ9', ['t-secret']))).toBe(DOTS);
});

test.each([
  [
    'keeps both secrets when something between them changes',
    (shown: string) => shown.replace('a-mcp', 'b-mcp'),
    TEXT.replace('a-mcp', 'b-mcp'),
  ],
  ['keeps both secrets when words are added at the end', (shown: string) => `${shown} --fast`, `${TEXT} --fast`],
  [
    'replaces a secret that is typed over',
    (shown: string) => shown.replace(`key ${DOTS}`, 'key new'),
    TEXT.replace('sk-1', 'new'),
  ],
  [
    'drops a secret of which one dot was deleted',
    (shown: string) => shown.slice(0, -1),
    'A_TOKEN=t-secret npx -y a-mcp --api-key ',
  ],
  ['takes a new text as it is', () => 'other', 'other'],
  ['keeps an unchanged text', (shown: string) => shown, TEXT],
])('%s', (_what, edit, expected) => {
  expect(editedText(parts, edit(shownText(parts)))).toBe(expected);
});
