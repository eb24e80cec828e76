import { type FileSet, isCode } from '../../files/file-set.ts';
import { launchesInJson, launchesInToml } from '../../source/client-config.ts';
import type { Launch } from '../../source/launch.ts';
import { shellLaunch } from '../../source/shell-launch.ts';
import { targetOf } from '../../source/target.ts';
import { type CodeBlock, LINE_CHARACTERS_MAX, markdownOf } from './markdown.ts';

/** A launch that a document shows, and where. */
export type DocumentLaunch = { launch: Launch; file: string; line: number; headings: string[] };

const SHELLS = new Set([
  '',
  'bash',
  'sh',
  'shell',
  'zsh',
  'console',
  'terminal',
  'cmd',
  'powershell',
  'text',
  'shell-session',
]);

function launchesInBlock(block: CodeBlock): { launch: Launch; line: number }[] {
  const { text, language } = block;
  if (
    /^(?:json|jsonc|json5|js|javascript|ts|)$/.test(language) &&
    /"(?:command|url|serverUrl|httpUrl)"\s{0,9}:/.test(text)
  ) {
    return launchesInJson(text);
  }
  if ((language === 'toml' || language === '') && text.includes('[mcp_servers')) return launchesInToml(text);
  if (!SHELLS.has(language)) return [];
  // a backslash, or a caret on Windows, joins lines
  const joined = text.replace(/[\\^`]\n\s*/g, (cut) => ' '.repeat(cut.length));
  return joined.split('\n').flatMap((line, at) => {
    const launch = shellLaunch(line.slice(0, LINE_CHARACTERS_MAX));
    return launch ? [{ launch, line: at + 1 }] : [];
  });
}

/** No document shows more ways to start a server than a person would read. */
const LAUNCHES_MAX = 500;

/** Every way to start a server that the documents of a package or repository show. */
export function detectLaunches(set: FileSet): DocumentLaunch[] {
  const found = set.files.flatMap((file): DocumentLaunch[] => {
    if (isCode(file.path)) return [];
    if (/\.mdx?$/i.test(file.path)) {
      return markdownOf(file).blocks.flatMap((block) =>
        launchesInBlock(block).map(({ launch, line }) => ({
          launch,
          file: file.path,
          line: block.line + line - 1,
          headings: block.headings,
        })),
      );
    }
    if (/(?:^|\/)(?:\.?mcp\.json(?:\.example)?|gemini-extension\.json)$/.test(file.path)) {
      return launchesInJson(file.text).map(({ launch, line }) => ({ launch, file: file.path, line, headings: [] }));
    }
    return [];
  });
  return found.slice(0, LAUNCHES_MAX);
}

export const launchTarget = (found: DocumentLaunch) => targetOf(found.launch);
