import type { SourceFile } from '../../files/file-set.ts';

/** `from a.b import c, d`, `from .a import b`, `import a.b` */
const IMPORT =
  /^[ \t]{0,40}(?:from[ \t]{1,9}(\.{0,5})([\w.]{0,200})[ \t]{1,9}import[ \t]{1,9}(\([^)]{0,2000}\)|[^\n]{1,400})|import[ \t]{1,9}([\w., \t]{1,300}))/gm;
/** Modules by names that only running shows. */
const COMPUTED = /\bimport_module\(\s{0,9}(?!["'])|\bpkgutil\.|\b__import__\(/;

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

/** Resolves modules by their dotted names to files; `src/pkg/a.py` is `pkg.a` as well as `src.pkg.a`. */
function createModules(files: readonly SourceFile[]) {
  const byName = new Map<string, string>();
  for (const { path } of files) {
    const parts = path.replace(/(?:\/__init__)?\.py$/, '').split('/');
    for (let from = 0; from < parts.length; from++) {
      const name = parts.slice(from).join('.');
      // of two files with one name the less nested one is meant
      const known = byName.get(name);
      if (known === undefined || known.split('/').length > path.split('/').length) byName.set(name, path);
    }
  }
  return {
    find: (name: string): string | null => byName.get(name) ?? null,
    /** A module relative to a folder: `..a.b` from `x/y` is `x/a/b`. */
    findIn: (folder: string, name: string): string | null => {
      const path = [folder, ...name.split('.')].filter(Boolean).join('/');
      return (
        [`${path}.py`, `${path}/__init__.py`].find(
          (one) =>
            byName.get(
              one
                .replace(/(?:\/__init__)?\.py$/, '')
                .split('/')
                .join('.'),
            ) === one,
        ) ?? null
      );
    },
  };
}

/**
 * The Python files that a command loads: `package.module:function`, as manifests write it. Null where its module was
 * not read, and where the program finds its modules while it runs.
 */
export function pythonFilesLoadedBy(files: readonly SourceFile[], command: string): ReadonlySet<string> | null {
  const modules = createModules(files);
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const module = command.split(':')[0] ?? '';
  const first = modules.find(module);
  if (first === null) return null;
  const seen = new Set([first]);
  const add = (path: string | null) => {
    if (path === null) return;
    seen.add(path);
    // the packages around a module are loaded with it
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) {
      const init = `${folder}/__init__.py`;
      if (texts.has(init)) seen.add(init);
    }
  };
  add(modules.find(`${module}.__main__`));
  add(first);
  for (const path of seen) {
    const text = texts.get(path) ?? '';
    if (COMPUTED.test(text)) return null;
    for (const [, dots = '', from = '', names = '', plain = ''] of text.matchAll(IMPORT)) {
      for (const one of plain.split(',')) add(modules.find(one.trim().split(/\s/)[0] ?? ''));
      if (dots === '' && from === '') continue;
      const imported = names
        .replace(/[()\\]/g, ' ')
        .split(',')
        .map((one) => one.trim().split(/\s/)[0] ?? '');
      if (dots === '') {
        add(modules.find(from));
        for (const name of imported) if (name) add(modules.find(`${from}.${name}`));
        continue;
      }
      let folder = folderOf(path);
      for (let up = 1; up < dots.length; up++) folder = folderOf(folder);
      if (from) add(modules.findIn(folder, from));
      for (const name of imported) if (name) add(modules.findIn(folder, from ? `${from}.${name}` : name));
    }
  }
  return seen;
}
