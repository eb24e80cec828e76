import type { FileSet, SourceFile } from '../../files/file-set.ts';
import { createLineIndex } from '../../files/line-index.ts';
import { maskCompiled } from './mask-compiled.ts';
import { maskJavaScript } from './mask-javascript.ts';
import { maskPython } from './mask-python.ts';
import { isWithin, type Masked } from './masked.ts';

/** A file of code as detectors read it: comments and docstrings are blank, offsets and lines are those of the file. */
export type CodeFile = SourceFile & {
  lineAt: (offset: number) => number;
  /** True between quotes, where code is only text: a template, an example, a message. */
  isInString: (offset: number) => boolean;
};

/** The code of a server by language. */
export type Code = { javascript: CodeFile[]; python: CodeFile[]; go: CodeFile[]; rust: CodeFile[]; all: CodeFile[] };

const LANGUAGES: { key: keyof Omit<Code, 'all'>; path: RegExp; mask: (text: string) => Masked }[] = [
  { key: 'javascript', path: /\.[cm]?[jt]sx?$/i, mask: maskJavaScript },
  { key: 'python', path: /\.py$/i, mask: maskPython },
  { key: 'go', path: /\.go$/i, mask: (text) => maskCompiled(text, 'go') },
  { key: 'rust', path: /\.rs$/i, mask: (text) => maskCompiled(text, 'rust') },
];

const known = new WeakMap<SourceFile, CodeFile>();

function readFile(source: SourceFile, mask: (text: string) => Masked): CodeFile {
  const read = known.get(source);
  if (read) return read;
  const { text, strings } = mask(source.text);
  const file: CodeFile = {
    path: source.path,
    text,
    lineAt: createLineIndex(text),
    isInString: (offset) => isWithin(strings, offset),
  };
  known.set(source, file);
  return file;
}

/** The code of a package or repository; each file is masked once, for all detectors. */
export function readCode({ files }: Pick<FileSet, 'files'>): Code {
  const code: Code = { javascript: [], python: [], go: [], rust: [], all: [] };
  for (const source of files) {
    const language = LANGUAGES.find(({ path }) => path.test(source.path));
    if (!language) continue;
    const file = readFile(source, language.mask);
    code[language.key].push(file);
    code.all.push(file);
  }
  return code;
}
