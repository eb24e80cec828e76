import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** The folder of the package that a file belongs to; null for our own. */
const packageFolderOf = (root: string, input: string): string | null => {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return found?.[1] === undefined ? null : path.resolve(root, found[1]);
};

const licenseOf = (folder: string): string => {
  const { name, version, license } = manifestSchema.parse(
    JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')),
  );
  const texts = readdirSync(folder)
    .filter((file) => LICENSE_FILE.test(file))
    .map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  return [`## ${name} ${version}`, `License: ${license ?? 'see below'}`, ...texts].join('\n\n');
};

/** The licenses of all packages whose code is in a bundle, as their authors ask of those who pass it on. */
export function licensesOf(root: string, { inputs }: Metafile): string {
  const folders = new Set(Object.keys(inputs).map((input) => packageFolderOf(root, input)));
  const texts = [...folders]
    .filter((folder) => folder !== null && existsSync(path.join(folder, 'package.json')))
    .map((folder) => licenseOf(folder ?? ''))
    .sort();
  return `# Software in this package\n\nCatwalk contains code of these packages.\n\n${texts.join('\n\n')}\n`;
}
