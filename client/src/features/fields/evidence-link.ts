import { createContext } from 'react';

/** The pasted source in which the fields below were found, or null. */
export const EvidenceSourceContext = createContext<string | null>(null);

const GITHUB =
  /^(?:https?:\/\/)?(?:www\.)?github\.com\/([\w.-]+)\/([\w.-]+?)(?:\.git)?(?:\/(?:tree|blob)\/([^/\s]+))?(?:[/?#].*)?$/i;
const OWNER_REPO = /^(?!@)([\w-]+)\/([\w.-]+)$/;

/** Links to a line of a file when the source is a repository on GitHub; else null. */
export function evidenceHref(source: string, file: string, line: number | null): string | null {
  const text = source.trim();
  const match = GITHUB.exec(text) ?? OWNER_REPO.exec(text);
  if (!match) return null;
  const [, owner = '', repository = '', ref = 'HEAD'] = match;
  const path = file.split('/').map(encodeURIComponent).join('/');
  return `https://github.com/${owner}/${repository}/blob/${ref}/${path}${line ? `?plain=1#L${line}` : ''}`;
}
