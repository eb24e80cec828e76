import { inspect } from 'node:util';

const hasMessage = (value: unknown): value is { message: string } =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';

/** The message of an error, or the text of another value that was thrown: libraries compiled to WebAssembly throw objects. */
export const messageOf = (error: unknown): string => {
  if (hasMessage(error) && error.message !== '') return error.message;
  if (error instanceof Error) return error.name;
  return typeof error === 'object' && error !== null
    ? inspect(error, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
    : String(error);
};
