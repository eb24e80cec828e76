import { parse as parseToml } from 'smol-toml';
import { z } from 'zod';
import { goCommands } from '../detect/compiled/go-module-graph.ts';
import type { FileSet } from '../files/file-set.ts';
import { folderOf, type Manifest, says } from './manifest.ts';

const SPEAKS_MCP = /mcp-go|modelcontextprotocol\/go-sdk|mcp-golang|^[ \t]{0,9}rmcp\b|rust-mcp/m;

/** The part of a path below a folder; null for one that is not below it. */
const below = (folder: string | null, path: string): string | null => {
  if (folder === null) return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
};

const compiled = (
  file: string,
  content: string,
  found: Pick<Manifest, 'language' | 'name' | 'bins'> & Partial<Manifest>,
): Manifest => ({
  subfolder: folderOf(file),
  file,
  version: null,
  description: null,
  isPrivate: false,
  speaksMcp: SPEAKS_MCP.test(content),
  saysMcp: says(found.name),
  buildsItself: true,
  platforms: [],
  ...found,
});

/** The commands of a Go module are its main packages; each is named after its folder, or after the module. */
export function goManifest(file: string, content: string, set: FileSet): Manifest | null {
  const name = /^module[ \t]{1,9}"?([^\s"]{1,200})/m.exec(content)?.[1];
  if (name === undefined) return null;
  const folder = folderOf(file);
  const others = set.paths.filter((path) => path !== file && /(?:^|\/)go\.mod$/.test(path)).map(folderOf);
  const isOthers = (path: string): boolean =>
    others.some((one) => one !== null && one.length > (folder ?? '').length && path.startsWith(`${one}/`));
  const own = set.files.flatMap(({ path, text }) => {
    const inside = path.endsWith('.go') && !path.endsWith('_test.go') && !isOthers(path) ? below(folder, path) : null;
    return inside === null ? [] : [{ path: inside, text }];
  });
  const last = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const bins = Object.fromEntries(
    goCommands(own).map((main) => (main === '' ? [last(name.replace(/\/v\d+$/, '')), '.'] : [last(main), main])),
  );
  return compiled(file, content, { language: 'go', name, bins });
}

const text = z.string().optional().catch(undefined);
const cargoSchema = z.looseObject({
  package: z.looseObject({ name: z.string(), version: text, description: text }),
  bin: z
    .array(z.looseObject({ name: z.string() }))
    .catch([])
    .default([]),
});

/** The name of a crate that cannot be read as a whole, as in a template. */
const rustName = (content: string): string | undefined =>
  /^[ \t]{0,9}name[ \t]{0,9}=[ \t]{0,9}"([^"\n]{1,200})"/m.exec(content)?.[1];

const readToml = (content: string): unknown => {
  try {
    return parseToml(content);
  } catch {
    return null; // a template
  }
};

/** The commands of a crate are its binary targets, declared or found where Cargo finds them. */
export function rustManifest(file: string, content: string, set: FileSet): Manifest | null {
  const parsed = cargoSchema.safeParse(readToml(content));
  if (!parsed.success) {
    const name = rustName(content);
    return name === undefined
      ? null
      : compiled(file, content, { language: 'rust', name, bins: {}, buildsItself: false });
  }
  const { package: crate, bin } = parsed.data;
  const folder = folderOf(file);
  const found = set.paths.flatMap((path): [string, string][] => {
    const inside = below(folder, path);
    if (inside === 'src/main.rs') return [[crate.name, inside]];
    const name = /^src\/bin\/([\w-]{1,100})(?:\.rs|\/main\.rs)$/.exec(inside ?? '')?.[1];
    return name === undefined || inside === null ? [] : [[name, inside]];
  });
  const declared = bin.map(({ name, path }): [string, string] => [
    name,
    typeof path === 'string' ? path : `src/bin/${name}.rs`,
  ]);
  const paths = new Set(declared.map(([, path]) => path));
  const bins = Object.fromEntries([...declared, ...found.filter(([, path]) => !paths.has(path))]);
  return compiled(file, content, {
    language: 'rust',
    name: crate.name,
    version: crate.version ?? null,
    description: crate.description ?? null,
    saysMcp: says(crate.name, crate.description),
    bins,
  });
}
