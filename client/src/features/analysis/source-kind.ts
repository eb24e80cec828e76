const GITHUB_URL = /^(?:https?:\/\/)?(?:www\.)?github\.com\/[\w.-]+\/[\w.-]+/i;
const OWNER_REPO = /^[\w-]+\/[\w.-]+(?:@[\w./-]+)?$/;
const NPM_NAME = /^(?:npm:)?(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(?:@[\w.^~*-]+)?$/;
const LOCAL_PATH = /^(?:\.{1,2}(?:\/|$)|\/|~\/|file:|[A-Za-z]:\\)/;

/** Guesses the kind of a source while it is typed; the server decides. Null while it could be anything. */
export function guessSourceKind(text: string): string | null {
  const source = text.trim();
  if (source === '') return null;
  if (source.startsWith('{') || source.startsWith('"mcpServers"')) return 'mcpServers config';
  if (/^(?:npx|uvx|bunx|pnpm dlx)\s/.test(source)) return 'command';
  if (/^docker\s/.test(source)) return 'container command';
  if (GITHUB_URL.test(source)) return 'GitHub repository';
  if (/^https?:\/\/(?:www\.)?npmjs\.com\/package\//.test(source)) return 'npm package';
  if (/^https?:\/\/pypi\.org\/project\//.test(source) || source.startsWith('pypi:')) return 'PyPI package';
  if (/^https?:\/\//.test(source)) return 'URL';
  if (/\.t(?:ar\.)?gz$/.test(source) && LOCAL_PATH.test(source)) return 'tarball on this computer';
  if (LOCAL_PATH.test(source)) return 'folder on this computer';
  if (/^(?:io|com|org|net|dev|ai)\.[\w.-]+\/[\w.-]+$/.test(source)) return 'registry name';
  if (source.startsWith('@') && !source.includes('/')) return null;
  if (OWNER_REPO.test(source) && !source.startsWith('@')) return 'GitHub repository';
  if (NPM_NAME.test(source)) return 'npm package';
  return null;
}
