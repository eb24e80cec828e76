import { type FileSet, isCode } from '../files/file-set.ts';

const NOT_FOR_USERS =
  /^(?:change|contribut|code_of|security|license|claude|agents|governance|maintain|roadmap|history|release|develop|testing|copilot)/i;
const TRANSLATION = /\.(?:[a-z]{2}|[a-z]{2}-[a-z]{2})\.mdx?$|README[_-](?:[a-z]{2}|[a-z]{2}[-_][a-z]{2,4})\.md$/i;
const GUIDE = /^docs\/(?:installation|install|config|setup|usage|guide)[\w-]*\//i;

/** Documents that speak to users of the server in a folder; not those of its parts, its history or its makers. */
function isDocumentOf(path: string, subfolder: string | null): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (NOT_FOR_USERS.test(name) || TRANSLATION.test(name)) return false;
  const within = (root: string) => path.startsWith(root) && !path.slice(root.length).includes('/');
  const roots = ['', 'docs/', ...(subfolder === null ? [] : [`${subfolder}/`, `${subfolder}/docs/`])];
  return roots.some(within) || GUIDE.test(path);
}

/**
 * Selects the files of a repository that belong to the server in one folder. `others` are the folders of its other
 * servers; with several servers, the root's prose belongs to none of them.
 */
export function filesOfServer(set: FileSet, subfolder: string | null, others: string[], isOnly: boolean): FileSet {
  const prefix = subfolder === null ? '' : `${subfolder}/`;
  const isOther = (path: string) => others.some((other) => path.startsWith(`${other}/`));
  const files = set.files.filter(({ path }) => {
    if (isOther(path)) return false;
    if (/\.mdx?$/i.test(path)) return isDocumentOf(path, subfolder) && (isOnly || path.startsWith(prefix));
    if (isCode(path)) return path.startsWith(prefix);
    return path.startsWith(prefix) || (isOnly && !path.includes('/'));
  });
  return { ...set, files };
}
