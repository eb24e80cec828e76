import { type FileSet, isCode } from '../../files/file-set.ts';
import { launchesInJson, launchesInToml } from '../../source/client-config.ts';
import type { Launch } from '../../source/launch.ts';
import { shellLaunch } from '../../source/shell-launch.ts';
import { targetOf } from '../../source/target.ts';
import { type CodeBlock, readMarkdown } from './markdown.ts';

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
    /"(?:command|url|serverUrl|httpUrl)"\s*:/.test(text)
  ) {
    return launchesInJson(text);
  }
  if ((language === 'toml' || language === '') && text.includes('[mcp_servers')) return launchesInToml(text);
  if (!SHELLS.has(language)) return [];
  // a backslash, or a caret on Windows, joins lines
  const joined = text.replace(/[\\^`]\n\s*/g, (cut) => ' '.repeat(cut.length));
  return joined.split('\n').flatMap((line, at) => {
    const launch = shellLaunch(line);
    return launch ? [{ launch, line: at + 1 }] : [];
  });
}

/** Every way to start a server that the documents of a package or repository show. */
export function detectLaunches(set: FileSet): DocumentLaunch[] {
  return set.files.flatMap((file) => {
    if (isCode(file.path)) return [];
    if (/\.mdx?$/i.test(file.path)) {
      return readMarkdown(file.text).blocks.flatMap((block) =>
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
}

export const launchTarget = (found: DocumentLaunch) => targetOf(found.launch);
