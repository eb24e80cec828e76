import { z } from 'zod';
import { BESIDE } from './bundle.ts';

const versions = z.record(z.string(), z.string());
const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  bin: versions,
  engines: versions,
  dependencies: versions,
  optionalDependencies: versions,
});

/** Commands of the documents that work in an image too. */
const SCRIPTS = {
  start: 'exec node --max-semi-space-size=32 dist/server/server.js',
  migrate: 'node dist/server/migrate.js',
  'keys:rotate': 'node dist/server/rotate-keys.js',
  'fly:doctor': 'node dist/server/fly-doctor.js',
  'fly:first-hour': 'node dist/server/fly-first-hour.js',
};

/** The package.json of the published package: what the bundle does not hold is all that npm has to install. */
export function publishedManifest(source: unknown): object {
  const { name, version, description, license, bin, engines, dependencies, optionalDependencies } =
    manifestSchema.parse(source);
  return {
    name,
    version,
    description,
    license,
    keywords: ['mcp', 'mcp-server', 'model-context-protocol', 'hosting'],
    type: 'module',
    bin,
    engines,
    scripts: SCRIPTS,
    dependencies: Object.fromEntries(BESIDE.map((beside) => [beside, dependencies[beside]])),
    optionalDependencies,
  };
}
