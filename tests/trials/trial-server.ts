import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SMALL_SERVERS, type SmallServer } from '#deploy/host/trial/small-servers.testing.ts';

/** Writes a small server as a package that the analysis takes for an MCP server. */
export async function writeTrialServer(folder: string, name: SmallServer): Promise<string> {
  await mkdir(folder, { recursive: true });
  const manifest = {
    name: `mcp-server-${name}`,
    version: '1.0.0',
    description: 'An MCP server of the tests.',
    keywords: ['mcp', 'mcp-server'],
    bin: { [`mcp-server-${name}`]: 'index.cjs' },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'index.cjs'), `#!/usr/bin/env node\n${SMALL_SERVERS[name]}`);
  return folder;
}
