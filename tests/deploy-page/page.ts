import { readFile } from 'node:fs/promises';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export type PageCommand = {
  /** One command line; a line that ends with a backslash goes on. */
  text: string;
  /** False for a command in running text. */
  isBlock: boolean;
};

const PROGRAMS = /^(fly|npm|npx|git|openssl) /;

/** A comment behind a command. */
const withoutComment = (line: string): string => line.replace(/\s+#\s.*$/, '');

/** The commands of docs/deploy-to-fly.md in the order of the page. */
export async function readCommands(): Promise<PageCommand[]> {
  const text = await readFile(path.join(ROOT, 'docs/deploy-to-fly.md'), 'utf8');
  const commands: PageCommand[] = [];
  const blocks = text.split(/^```.*$/m);
  for (const [index, part] of blocks.entries()) {
    if (index % 2 === 1) {
      const lines = part
        .replace(/\\\n\s*/g, '')
        .split('\n')
        .map(withoutComment);
      commands.push(
        ...lines.filter((line) => PROGRAMS.test(line)).map((line) => ({ text: line.trim(), isBlock: true })),
      );
    } else {
      const spans = [...part.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replace(/\s+/g, ' ').trim());
      commands.push(...spans.filter((span) => PROGRAMS.test(span)).map((span) => ({ text: span, isBlock: false })));
    }
  }
  return commands;
}
