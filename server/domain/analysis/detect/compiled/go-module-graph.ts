import type { CodeFile } from '../code/code-file.ts';

/** A file of Go, whatever else is known of it. */
type GoFile = Pick<CodeFile, 'path' | 'text'>;

const isMain = ({ text }: GoFile): boolean => /^package main\b/m.test(text) && /\bfunc main\(\)/.test(text);
/** Imports stand at the beginning of a file. */
const HEAD_CHARACTERS = 20_000;
const IMPORTS = /^import\s{0,9}(?:\([^)]{0,10000}\)|[^\n]{1,300})/gm;
const QUOTED = /"([\w.\-/~]{1,300})"/g;

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');
const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The folder of an import among those that were read: `example.com/module/internal/x` is `internal/x`. */
function folderAt(path: string, folders: ReadonlySet<string>): string | undefined {
  for (let rest = path; rest.includes('/'); ) {
    rest = rest.slice(rest.indexOf('/') + 1);
    if (folders.has(rest)) return rest;
  }
  return undefined;
}

/** The folders of commands that may be the server: the one in `cmd/`, or the root, whose name says so; else all. */
export function goCommands(files: readonly GoFile[]): string[] {
  const commands = [...new Set(files.filter(isMain).map(({ path }) => folderOf(path)))];
  const servers = commands.filter((folder) => /mcp|server/i.test(lastOf(folder)) && !/test|example/i.test(folder));
  if (servers.length > 0) return servers;
  return commands.includes('') ? [''] : commands;
}

/**
 * The Go files that the server's command can reach, tests left out: a repository holds tools of its makers too. Null
 * where no command was read, as in a library.
 */
export function goFilesOfCommand(all: readonly CodeFile[]): ReadonlySet<string> | null {
  const files = all.filter(({ path }) => !path.endsWith('_test.go'));
  const commands = goCommands(files);
  if (commands.length === 0) return null;
  const byFolder = Map.groupBy(files, ({ path }) => folderOf(path));
  const folders = new Set(byFolder.keys());
  const reached = new Set(commands);
  for (const folder of reached) {
    for (const { text } of byFolder.get(folder) ?? []) {
      for (const [block] of text.slice(0, HEAD_CHARACTERS).matchAll(IMPORTS)) {
        for (const [, path = ''] of block.matchAll(QUOTED)) {
          const found = folderAt(path, folders);
          if (found !== undefined) reached.add(found);
        }
      }
    }
  }
  return new Set([...reached].flatMap((folder) => (byFolder.get(folder) ?? []).map(({ path }) => path)));
}
