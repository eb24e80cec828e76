import type { FormNode } from './node.ts';

type TextNode = Extract<FormNode, { kind: 'text' }>;
type NumberNode = Extract<FormNode, { kind: 'number' }>;

const FORMATS: Record<string, { is: (text: string) => boolean; words: string }> = {
  email: { is: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text), words: 'an email address' },
  uri: { is: (text) => URL.canParse(text), words: 'a URL' },
  url: { is: (text) => URL.canParse(text), words: 'a URL' },
  date: {
    is: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
    words: 'a date such as 2026-11-20',
  },
  'date-time': {
    is: (text) => /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/.test(text) && !Number.isNaN(Date.parse(text)),
    words: 'a time such as 2026-11-20T12:00:00Z',
  },
};

/** A schema may hold an expression that this engine does not know: then the server decides. */
function compile(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return null;
  }
}

/** What is wrong with a text, or null. */
export function checkText(node: TextNode, text: string): string | null {
  const length = [...text].length;
  if (length < node.minLength) return `At least ${node.minLength} characters are needed.`;
  if (length > node.maxLength) return `At most ${node.maxLength} characters are allowed; these are ${length}.`;
  if (node.pattern && compile(node.pattern)?.test(text) === false) return `This must match ${node.pattern}`;
  const format = node.format === null ? undefined : FORMATS[node.format];
  return format && !format.is(text) ? `This must be ${format.words}.` : null;
}

/** What is wrong with a number as it was typed, or null. */
export function checkNumber(node: NumberNode, text: string): string | null {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return 'This must be a number.';
  if (node.integer && !Number.isInteger(value)) return 'This must be a whole number.';
  if (value < node.minimum) return `This must be at least ${node.minimum}.`;
  return value > node.maximum ? `This must be at most ${node.maximum}.` : null;
}
