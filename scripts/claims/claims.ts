/** Returns the text of a file of the repository, or null if there is none. */
export type ReadFile = (file: string) => string | null;

const TEST_FILE = /`((?:[\w.-]+\/)+[\w.-]+\.(?:test|spec)\.tsx?)`/g;
const TITLE = /“([^”]+)”/g;
const RULE = /^\|[\s:|-]+\|$/;

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** The rows of the tables whose columns are `claim` and `tests`, with the number of their line. */
function* rowsOf(markdown: string): Generator<{ line: number; claim: string; tests: string }> {
  let inTable = false;
  for (const [index, line] of markdown.split('\n').entries()) {
    if (!line.startsWith('|')) inTable = false;
    else if (/^\| *claim *\| *tests *\|$/i.test(line)) inTable = true;
    else if (inTable && !RULE.test(line)) {
      const [claim = '', tests = ''] = cellsOf(line);
      yield { line: index + 1, claim, tests };
    }
  }
}

/** The problems of the claims in a document, one sentence each. */
export function findProblems(markdown: string, read: ReadFile): { claims: number; problems: string[] } {
  const problems: string[] = [];
  let claims = 0;
  for (const { line, claim, tests } of rowsOf(markdown)) {
    claims += 1;
    const at = `SECURITY.md:${line}`;
    const files = [...tests.matchAll(TEST_FILE)].map(([, file = '']) => file);
    if (files.length === 0) problems.push(`${at} names no test for: ${claim}`);
    const texts = files.map((file) => ({ file, text: read(file) }));
    for (const { file, text } of texts) if (text === null) problems.push(`${at} names ${file}, which does not exist.`);
    for (const [, title = ''] of tests.matchAll(TITLE))
      if (!texts.some(({ text }) => text?.includes(title)))
        problems.push(`${at} names the test “${title}”, which is not in ${files.join(', ')}.`);
  }
  if (claims === 0) problems.push('SECURITY.md has no table of claims.');
  return { claims, problems };
}
