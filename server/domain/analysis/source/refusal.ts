import { UserError } from '../../errors.ts';

const KINDS_HINT =
  'Paste a GitHub URL, owner/repo, an npm package, pypi:name, a registry name such as io.github.owner/name, or an mcpServers JSON block.';

/** INVALID_SOURCE: what was pasted, and what could be pasted instead. */
export const refusal = (message: string, hint = KINDS_HINT): UserError =>
  new UserError('INVALID_SOURCE', message, { kind: 'invalid-input', hint, fields: [{ field: 'source', message }] });

/** A pasted text in a sentence: not more than a line of it. */
export const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
