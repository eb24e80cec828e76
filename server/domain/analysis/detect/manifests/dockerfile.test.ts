import { expect, test } from 'vitest';
import { detectDockerfiles, stdioWordsOf } from './dockerfile.ts';

const read = (text: string, path = 'Dockerfile') =>
  detectDockerfiles({ files: [{ path, text }], paths: [path], truncated: false });

test('ENV in both spellings and over several lines, of the stage that runs', () => {
  const text =
    'FROM node AS build\nENV BUILD_KEY=1\nFROM node\nARG VERSION=1\n# ENV A_OLD=1\nENV A_KEY="" \\\n    A_MODE=fast A_URL=$BASE\nENV A_NAME some words\n';
  expect(read(text)[0]?.env).toMatchObject([
    { name: 'A_KEY', evidence: { kind: 'DOCKERFILE', line: 6 } },
    { name: 'A_MODE', example: 'fast' },
    { name: 'A_URL' },
    { name: 'A_NAME', example: 'some words' },
  ]);
});

test.each([
  ['ENTRYPOINT ["node", "dist/index.js"]\nCMD ["--stdio"]', ['--stdio']],
  ['CMD node dist/index.js --transport stdio', ['--transport', 'stdio']],
  ['ENTRYPOINT ["server", "--transport=stdio"]', ['--transport=stdio']],
  ['CMD ["node", "dist/index.js", "--transport", "http"]', null],
  ['CMD [broken', null],
])('what makes it speak stdio: %j', (text, expected) => {
  expect(stdioWordsOf(read(`FROM node\n${text}`))).toEqual(expected);
});

test('reads no other file as a Dockerfile', () => expect(read('ENV A_KEY=1', 'docs/dockerfile-notes.md')).toEqual([]));

test('reads no instruction from a here-document', () => {
  const text = 'FROM node\nRUN <<EOF\nENV B_KEY=1\nCMD ["--stdio"]\nEOF\nENV A_KEY=1\nCMD ["node"]\n';
  expect(read(text)[0]).toMatchObject({ env: [{ name: 'A_KEY' }], command: ['node'] });
});

test('a line goes on behind the escape character that the file names', () => {
  const text = '# escape=`\nFROM node\nENV A_KEY=1 `\n    B_KEY=2\n';
  expect(read(text)[0]?.env.map(({ name }) => name)).toEqual(['A_KEY', 'B_KEY']);
});
