/** A comment, or a text that people read: a message, a label, a test name, a paragraph of the documentation. */
export type Prose = { kind: 'comment' | 'text'; start: number; text: string };

/** Two words with a space between them; anything shorter is a name or a label and has no habit to measure. */
export const isSentence = (text: string): boolean => /\p{L}{2,}['’]?\p{L}*[,:;]? +\p{L}/u.test(text);

/** The text of a comment without the asterisks, slashes and indentation that frame it. */
export function trimCommentLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^[\s*/!]+/, '').trimEnd())
    .join('\n')
    .trim();
}
