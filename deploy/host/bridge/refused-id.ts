import { isAllowedId } from './json-rpc.ts';
import { eachMember, skipSpace } from './json-text.ts';

/**
 * The id under which a request is refused, as it stands in the text. `text` may be the beginning of a larger message.
 * Null for batches, notifications and answers, for ids that MCP does not allow, and where the id cannot be found.
 */
export const idOfRequest = (text: string): string | null => {
  let id: string | null = null;
  let hasMethod = false;
  eachMember(text, skipSpace(text, 0), (key, start, end) => {
    if (key === 'id') id = text.slice(start, end);
    if (key === 'method') hasMethod = true;
  });
  return id !== null && hasMethod && isAllowedId(id) ? id : null;
};
