import { isSentence, type Prose, trimCommentLines } from './prose.ts';

/** The comments of a stylesheet. Strings are skipped, so that a `/*` inside one opens nothing. */
export function readStyleProse(source: string): Prose[] {
  return [...source.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\*([\s\S]*?)\*\//g)]
    .filter((match) => match[1] !== undefined)
    .map((match) => ({ kind: 'comment', start: match.index, text: trimCommentLines(match[1] ?? '') }));
}

/** The comments of a Prisma schema: `///` and `//`, consecutive whole-line comments joined. */
export function readPrismaProse(source: string): Prose[] {
  return [...source.matchAll(/"(?:\\.|[^"\\\n])*"|(?:^[ \t]*\/\/.*\n)+|\/\/.*/gm)]
    .filter(([text]) => !text.startsWith('"'))
    .map((match) => ({ kind: 'comment', start: match.index, text: trimCommentLines(match[0]) }));
}

/** The paragraphs, list items and table rows of a Markdown file, without code. */
export function readMarkdownProse(source: string): Prose[] {
  const withoutBlocks = source.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ' '));
  return [...withoutBlocks.matchAll(/^[^\n]*\S[^\n]*$/gm)]
    .map((match): Prose => ({ kind: 'text', start: match.index, text: match[0].trim() }))
    .filter(({ text }) => isSentence(text));
}
