import { parse as parseToml } from 'smol-toml';
import { z } from 'zod';
import { binsOf, MCP_DEPENDENCIES } from '../detect/package-facts.ts';
import type { FileSet } from '../files/file-set.ts';
import { goManifest, rustManifest } from './compiled-manifests.ts';
import { folderOf, type Manifest, says } from './manifest.ts';

/** Folders that show or check a server and are none. */
const ASIDE =
  /(?:^|\/)(?:examples?|samples?|demos?|tests?|__tests__|e2e|fixtures?|templates?|benchmarks?|playgrounds?|docs?|scripts|website|www|tools?|\.[^/]+|evals?|poisoned[^/]*|node_modules|vendor|dist|build)(?:\/|$)/i;

const text = z.string().optional().catch(undefined);
const names = z.record(z.string(), z.unknown()).catch({}).default({});
const nodeSchema = z.looseObject({
  name: text,
  version: text,
  description: text,
  private: z.boolean().optional().catch(undefined),
  bin: z
    .union([z.string(), z.record(z.string(), z.string())])
    .optional()
    .catch(undefined),
  mcpName: text,
  keywords: z.array(z.string()).catch([]).default([]),
  dependencies: names,
  devDependencies: names,
  scripts: names,
  os: z.array(z.string()).catch([]).default([]),
});

const pythonSchema = z.looseObject({
  project: z
    .looseObject({
      name: text,
      version: text,
      description: text,
      dependencies: z.array(z.string()).catch([]).default([]),
      scripts: z.record(z.string(), z.string()).catch({}).default({}),
      'entry-points': z
        .looseObject({ console_scripts: z.record(z.string(), z.string()).optional() })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
  tool: z
    .looseObject({
      poetry: z
        .looseObject({
          name: text,
          version: text,
          description: text,
          dependencies: names,
          scripts: z.record(z.string(), z.string()).catch({}).default({}),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const PYTHON_MCP = /^(?:mcp|fastmcp|mcp-server|fastapi-mcp|modelcontextprotocol)(?=$|[[<>=~! ;])/i;
function nodeManifest(file: string, content: string): Manifest | null {
  let raw: unknown;
  try {
    raw = JSON.parse(content);
  } catch {
    return null; // a template
  }
  const parsed = nodeSchema.safeParse(raw);
  if (!parsed.success || !parsed.data.name) return null;
  const { name, version, description, mcpName, keywords, dependencies, devDependencies, scripts, os } = parsed.data;
  return {
    subfolder: folderOf(file),
    file,
    language: 'node',
    name,
    version: version ?? null,
    description: description ?? null,
    bins: binsOf(name, parsed.data.bin),
    isPrivate: parsed.data.private === true,
    speaksMcp:
      mcpName !== undefined ||
      [...Object.keys(dependencies), ...Object.keys(devDependencies)].some((one) => MCP_DEPENDENCIES.test(one)),
    saysMcp: says(name, description, ...keywords),
    buildsItself: 'prepare' in scripts,
    platforms: os,
  };
}

function pythonManifest(file: string, content: string): Manifest | null {
  let raw: unknown;
  try {
    raw = parseToml(content);
  } catch {
    return null; // a template
  }
  const parsed = pythonSchema.safeParse(raw);
  if (!parsed.success) return null;
  const { project, tool } = parsed.data;
  const poetry = tool?.poetry;
  const name = project?.name ?? poetry?.name;
  if (!name) return null;
  const dependencies = [...(project?.dependencies ?? []), ...Object.keys(poetry?.dependencies ?? {})];
  const description = project?.description ?? poetry?.description;
  return {
    subfolder: folderOf(file),
    file,
    language: 'python',
    name,
    version: project?.version ?? poetry?.version ?? null,
    description: description ?? null,
    bins: { ...poetry?.scripts, ...project?.['entry-points']?.console_scripts, ...project?.scripts },
    isPrivate: false,
    speaksMcp: dependencies.some((one) => PYTHON_MCP.test(one)),
    saysMcp: says(name, description),
    buildsItself: true,
    platforms: [],
  };
}

/** Every manifest outside of examples and tests. */
export function readManifests(set: FileSet): Manifest[] {
  return set.files.flatMap(({ path, text: content }): Manifest[] => {
    const folder = folderOf(path);
    if (folder !== null && ASIDE.test(folder)) return [];
    const file = path.slice(path.lastIndexOf('/') + 1);
    const found =
      file === 'package.json'
        ? nodeManifest(path, content)
        : file === 'pyproject.toml'
          ? pythonManifest(path, content)
          : file === 'go.mod'
            ? goManifest(path, content, set)
            : file === 'Cargo.toml'
              ? rustManifest(path, content, set)
              : null;
    return found ? [found] : [];
  });
}
