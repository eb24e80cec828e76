import { z } from 'zod';
import { parseTolerantJson } from '../files/tolerant-json.ts';
import { refusal } from './refusal.ts';

const text = z.string().optional().catch(undefined);
const manifestSchema = z.looseObject({
  name: text,
  manifest_version: text,
  dxt_version: text,
  server: z.looseObject({}).optional().catch(undefined),
  source: z.looseObject({ path: text }).optional().catch(undefined),
  packages: z.array(z.unknown()).optional().catch(undefined),
  remotes: z.array(z.unknown()).optional().catch(undefined),
  bin: z.unknown().optional(),
  dependencies: z.unknown().optional(),
  contextFileName: z.unknown().optional(),
});

/**
 * Refuses a manifest that was pasted as a text, with a sentence about what to paste for it: it belongs to files that are
 * not in the text. @throws UserError INVALID_SOURCE.
 */
export function refuseManifest(pasted: string): void {
  const { data } = manifestSchema.safeParse(parseTolerantJson(pasted));
  if (!data) return;
  const { name, server, source, packages, remotes } = data;
  if (server && (data.manifest_version ?? data.dxt_version) !== undefined)
    throw refusal(
      'This is the manifest.json of a bundle (MCPB), without the files that it starts.',
      'Paste the address of the .mcpb or .dxt file; on your own computer its path works too.',
    );
  if (source?.path !== undefined)
    throw refusal(
      `This is a fastmcp.json: it starts ${source.path} of the folder that it lies in.`,
      'Paste the repository that holds the file. On your own computer its folder works too.',
    );
  if ((packages ?? remotes) !== undefined)
    throw refusal(
      'This is the server.json of a server.',
      name?.includes('/')
        ? `Paste its name in the MCP registry, ${name}, or the package or address that it names.`
        : 'Paste the package or the address that it names.',
    );
  if (name !== undefined && (data.bin ?? data.dependencies) !== undefined)
    throw refusal('This is the package.json of a package.', `Paste its name, ${name}, or its repository.`);
  if (name !== undefined && data.contextFileName !== undefined)
    throw refusal('This is an extension of Gemini CLI without an MCP server.', 'Paste the server that it is about.');
}
