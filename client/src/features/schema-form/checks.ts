import type { FormNode } from './node.ts';

type TextNode = Extract<FormNode, { kind: 'text' }>;
type NumberNode = Extract<FormNode, { kind: 'number' }>;

const FORMATS: Record<string, { is: (text: string) => boolean; noun: string }> = {
  email: { is: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text), noun: 'an email address' },
  uri: { is: (text) => URL.canParse(text), noun: 'a URL' },
  url: { is: (text) => URL.canParse(text), noun: 'a URL' },
  date: {
    is: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
    noun: 'a date such as 2026-11-20',
  },
  'date-time': {
    is: (text) => /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/.test(text) && !Number.isNaN(Date.parse(text)),
    noun: 'a time such as 2026-11-20T12:00:00Z',
  },
};

/** Returns null for an expression that this engine does not support: then the server decides. */
function compile(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return null;
  }
}

/** Returns the problem of a text, or null. */
export function checkText(node: TextNode, text: string): string | null {
  const length = [...text].length;
  if (length < node.minLength) return `At least ${node.minLength} characters (currently ${length}).`;
  if (length > node.maxLength) return `Up to ${node.maxLength} characters (currently ${length}).`;
  if (node.pattern && compile(node.pattern)?.test(text) === false) return `Must match ${node.pattern}`;
  const format = node.format === null ? undefined : FORMATS[node.format];
  return format && !format.is(text) ? `Enter ${format.noun}.` : null;
}

/** Returns the problem of a typed number, or null. */
export function checkNumber(node: NumberNode, text: string): string | null {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return 'Enter a number.';
  if (node.integer && !Number.isInteger(value)) return 'Enter a whole number.';
  if (value < node.minimum) return `Enter ${node.minimum} or more.`;
  return value > node.maximum ? `Enter ${node.maximum} or less.` : null;
}
