import { expect, test } from 'vitest';
import { measureFiles } from './measure.ts';

/** The findings in one file, as `line habit`. */
function findingsIn(file: string, source: string): string[] {
  return measureFiles([file], () => source).findings.map(({ line, habit }) => `${line} ${habit}`);
}

const totalsIn = (file: string, source: string) => measureFiles([file], () => source).folders.get('all');

test('finds a noun clause at the beginning of a comment, and in the middle of none', () => {
  const source = '// What the server adds.\nconst a = 1;\n\n/** Returns what the server adds. */\nconst b = 2;\n';
  expect(findingsIn('server/a.ts', source)).toEqual(['1 nounClauses']);
  expect(totalsIn('server/a.ts', source)?.nounClauses).toEqual({ found: 1, total: 2, share: 50 });
});

test('joins line comments on consecutive lines into one comment', () => {
  const source = '// Sends the request to\n// Who asked for it.\n// Of note.\nconst a = 1; // Whose turn it is\n';
  expect(findingsIn('server/a.ts', source)).toEqual(['4 nounClauses']);
});

test('finds a word of the list in comments, string literals, templates and JSX text', () => {
  const source = [
    '/** The caller is TOLD once. */',
    "const title = 'nobody is signed in';",
    'const text = `sealed $' + '{count} values anew`;',
    'const page = <p>Ask somebody about it</p>;',
    "test('whoever asks is refused', () => {});",
  ].join('\n');
  expect(findingsIn('client/src/a.tsx', source)).toEqual(['1 words', '2 words', '3 words', '4 words', '5 words']);
});

test('ignores code: identifiers, single words, imports, types, GraphQL documents, backticks and directives', () => {
  const source = [
    "import { nobody } from './told nobody.ts';",
    "type Kind = 'told nobody';",
    "const nobodyTold = 'nobody';",
    'const document = graphql(`query Told { nobody somebody }`);',
    '// Rejects the word `nobody`.',
    '// biome-ignore lint/a: told to',
  ].join('\n');
  expect(findingsIn('client/src/a.ts', source)).toEqual([]);
});

test('treats a description in schema code as a comment, and elsewhere as a text', () => {
  const source = "builder.field({ description: 'Whether the token expires.' });";
  expect(findingsIn('schema/token.ts', source)).toEqual(['1 nounClauses']);
  expect(findingsIn('server/token.ts', source)).toEqual([]);
});

test('reads stylesheets, Prisma schemas and Markdown', () => {
  expect(findingsIn('client/a.css', '.a::before { content: "/* told */"; }\n/* Whoever scrolls */\n')).toEqual([
    '2 words',
  ]);
  expect(findingsIn('prisma/a.prisma', 'model A {\n  id String @default("told // by")\n  /// What it is\n}\n')).toEqual(
    ['3 nounClauses'],
  );
  expect(
    findingsIn('docs/a.md', '# Title\n\nNo word `told` here.\n```\nnobody asks here\n```\n- nobody asks\n'),
  ).toEqual(['7 words']);
});

test('finds British spelling', () => {
  const source = '// Normalises the colour.\nconst a = 1;\n// Sorts the analyses by organization.\n';
  expect(findingsIn('server/a.ts', source)).toEqual(['1 spelling']);
});

test('measures each top-level folder on its own, and other authors’ packages not at all', () => {
  const { folders } = measureFiles(
    ['docs/a.md', 'README.md', 'tests/fixtures/packages/x/README.md'],
    () => 'This was told to nobody.\n',
  );
  expect([...folders.keys()]).toEqual(['(root)', 'docs', 'all']);
  expect(folders.get('all')?.words).toEqual({ found: 2, total: 2, share: 100 });
});
