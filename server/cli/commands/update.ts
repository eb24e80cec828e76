import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fetchFromRegistry from 'npm-registry-fetch';
import semver from 'semver';
import { z } from 'zod';
import { CliFailure } from '../failure.ts';
import { printJson, type Shell } from '../shell.ts';

const REGISTRY_MS_MAX = 10_000;

const manifestSchema = z.object({ name: z.string(), version: z.string() });
/** The abbreviated document of a package (npm registry, "package metadata"). */
const packageSchema = z.object({ 'dist-tags': z.object({ latest: z.string() }) });

/** Says whether a newer version is published, and how to get it. Changes nothing. */
export async function update(shell: Shell): Promise<void> {
  const manifest = await readFile(join(shell.installation.root, 'package.json'), 'utf8');
  const { name, version } = manifestSchema.parse(JSON.parse(manifest));
  const newest = await newestVersion(name);
  const isNewer = semver.gt(newest, version);
  const command = shell.installation.isCheckout ? 'git pull && npm ci' : `npm install --global ${name}@${newest}`;
  if (shell.json) return printJson(shell, { name, version, newest, newer: isNewer });
  const { out } = shell.terminal;
  if (!isNewer) return out.line(`Catwalk ${version} is the newest version.`);
  out.line(`Catwalk ${newest} is published; this is ${version}.`);
  out.line(`Get it with: ${command}`);
}

async function newestVersion(name: string): Promise<string> {
  const options = { timeout: REGISTRY_MS_MAX, fetchRetries: 0, ...registryOf(process.env) };
  try {
    return packageSchema.parse(await fetchFromRegistry.json(`/${name}`, options))['dist-tags'].latest;
  } catch (error) {
    const isAbsent = error instanceof Error && 'statusCode' in error && error.statusCode === 404;
    throw new CliFailure(
      'UPSTREAM_UNAVAILABLE',
      isAbsent ? `The npm registry has no package ${name}.` : 'The npm registry cannot be reached.',
      { hint: 'Look at the releases of the repository instead.', cause: error },
    );
  }
}

/** The registry that npm itself was told to use. */
const registryOf = (env: NodeJS.ProcessEnv): { registry?: string } => {
  const registry = env['NPM_REGISTRY_URL'] ?? env['npm_config_registry'];
  return registry ? { registry } : {};
};
