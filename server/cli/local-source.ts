import { resolve } from 'node:path';

const LOOKS_LIKE_PATH = /^(?:\.{1,2}$|\.{0,2}[/\\]|[A-Za-z]:[/\\])/;
const TARBALL = /\.(?:tgz|tar\.gz)$/i;
const URL_OR_HOME = /^(?:[a-z][a-z+]+:\/\/|~)/i;

/**
 * A folder or tarball on this computer is made absolute: the server has another working directory. Everything else
 * stays as it was typed; what it means is the server's to say.
 */
export function absoluteSource(source: string, cwd: string): string {
  const path = source.trim().replace(/^file:(?:\/\/)?/, '');
  const isPath = LOOKS_LIKE_PATH.test(path) || (TARBALL.test(path) && !URL_OR_HOME.test(path));
  return isPath ? resolve(cwd, path) : source;
}
