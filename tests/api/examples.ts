/** A fenced block of a page: its language, and its code. */
export type Example = { language: string; code: string; line: number };

/** Returns the blocks of a page that can run; a block with `example` after its language only illustrates. */
export function examplesIn(markdown: string): Example[] {
  return [...markdown.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)]
    .filter(([, , info]) => info?.trim() === '')
    .map(({ 1: language = '', 3: code = '', index }) => ({
      language,
      code,
      line: markdown.slice(0, index).split('\n').length,
    }));
}
