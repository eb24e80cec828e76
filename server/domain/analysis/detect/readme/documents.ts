import type { FileSet, SourceFile } from '../../files/file-set.ts';

const DOCUMENT = /\.mdx?$/i;
/** `README.ja.md`, `README-zh-CN.md`, `README_zh.md`, and the same of every other document. */
const TRANSLATED = /^(.+?)[._-]([a-z]{2,3})(?:[-_][a-z]{2,4})?(\.mdx?)$/i;
const TRANSLATED_FOLDER = /(?:^|\/)(?:docs?|i18n|translations?)\/([a-z]{2})(?:[-_][a-z]{2,4})?\//i;
const LANGUAGES = new Set(
  'ar bn ca cn cs da de el en es fa fi fr he hi hu id it ja jp kr ko ms nl no pl pt br ro ru sk sv ta th tr tw ua uk ur vi zh'.split(
    ' ',
  ),
);
/** Letters of other scripts than the Latin one. */
const FOREIGN_LETTERS =
  /[\u0400-\u04ff\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/gu;
/** Documents for those who make the program: history, rules, notes for assistants. */
const NOT_FOR_USERS =
  /(?:^|\/)(?:changelog|changes|history|releases?|release[-_]notes|contributing|code_of_conduct|security|license|maintain\w*|governance|roadmap|claude|agents|gemini|copilot-instructions|testing|development|publish\w*|todo)(?:[._-]\w{1,10})?\.mdx?$/i;
/** Folders for the makers: of the host of the code, of an editor, of an assistant, of decisions and plans. */
const FOLDER_NOT_FOR_USERS = /(?:^|\/)(?:\.[a-z][\w-]{0,40}|adrs?|decisions|rfcs?|proposals)\//i;
const FOREIGN_SHARE_MIN = 0.1;
const SAMPLE_CHARACTERS = 4_000;

type Translation = { original: string; language: string };

function translationOf(path: string): Translation | null {
  const [, stem, suffix = '', ending = ''] = TRANSLATED.exec(path) ?? [];
  if (stem !== undefined && LANGUAGES.has(suffix.toLowerCase()))
    return { original: `${stem}${ending}`.toLowerCase(), language: suffix.toLowerCase() };
  const folder = TRANSLATED_FOLDER.exec(path);
  if (!folder?.[1] || !LANGUAGES.has(folder[1].toLowerCase())) return null;
  return { original: path.replace(TRANSLATED_FOLDER, '').toLowerCase(), language: folder[1].toLowerCase() };
}

function isEnglish({ text }: SourceFile): boolean {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  return (sample.match(FOREIGN_LETTERS)?.length ?? 0) < sample.length * FOREIGN_SHARE_MIN;
}

/**
 * Leaves out documents for the makers of the program, and translations: they repeat what another file says. Where the original is not English and an
 * English translation lies beside it, the original is left out instead.
 */
export function documentsForUsers(set: FileSet): FileSet {
  const documents = set.files.filter(({ path }) => DOCUMENT.test(path));
  const byPath = new Map(documents.map((file) => [file.path.toLowerCase(), file]));
  // a host of code shows `.github/README.md` where the root has none
  const hasReadme = documents.some(({ path }) => /^readme\.mdx?$/i.test(path));
  const isForMakers = (path: string): boolean =>
    NOT_FOR_USERS.test(path) ||
    (FOLDER_NOT_FOR_USERS.test(path) && (hasReadme || !/(?:^|\/)readme\.mdx?$/i.test(path)));
  const out = new Set(documents.flatMap(({ path }) => (isForMakers(path) ? [path] : [])));
  for (const { path } of documents) {
    const translation = translationOf(path);
    const original = translation && byPath.get(translation.original);
    if (!original) continue;
    out.add(translation.language === 'en' && !isEnglish(original) ? original.path : path);
  }
  return { ...set, files: set.files.filter(({ path }) => !out.has(path)) };
}
