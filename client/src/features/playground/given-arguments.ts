import { isObject } from '../schema-form/node.ts';

/** Arguments that a link to the playground brings with it, as JSON over several lines; null if they are no JSON object. */
export const givenArguments = (state: unknown): string | null => {
  const text = isObject(state) ? state['arguments'] : null;
  if (typeof text !== 'string') return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? JSON.stringify(value, null, 2) : null;
  } catch {
    return null; // it was cut when it was recorded
  }
};
