import { z } from 'zod';
import type { FieldKind, ToolSummary } from '../model.ts';
import { parseTolerantJson } from '../tolerant-json.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from './finding.ts';

const configSchema = z.looseObject({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  required: z.boolean().optional(),
  sensitive: z.boolean().optional(),
  default: z.unknown().optional(),
});

/** The manifest of an MCP bundle (MCPB, formerly DXT). */
const manifestSchema = z.looseObject({
  server: z.looseObject({
    mcp_config: z.looseObject({ env: z.record(z.string(), z.string()).optional() }),
  }),
  user_config: z.record(z.string(), configSchema).optional().catch(undefined),
  tools: z
    .array(z.looseObject({ name: z.string(), description: z.string().optional() }))
    .optional()
    .catch(undefined),
});

const KINDS: Record<string, FieldKind> = { number: 'NUMBER', boolean: 'BOOLEAN', file: 'FILE' };

/** Variables that the bundle fills from the user's settings. */
export function readMcpbManifest(content: string, file: string): { env: EnvFinding[]; tools: ToolSummary[] } | null {
  const parsed = manifestSchema.safeParse(parseTolerantJson(content));
  if (!parsed.success) return null;
  const { server, user_config: settings = {}, tools = [] } = parsed.data;
  const lines = content.split('\n');
  const env = Object.entries(server.mcp_config.env ?? {}).flatMap(([name, value]): EnvFinding[] => {
    if (!ENV_NAME.test(name)) return [];
    const key = /^\$\{user_config\.([\w-]+)\}$/.exec(value)?.[1];
    const setting = key ? settings[key] : undefined;
    const line = lines.findIndex((text) => text.includes(`"${name}"`)) + 1;
    const kind = KINDS[setting?.type ?? ''];
    const fallback = setting?.default;
    return [
      {
        name,
        evidence: evidenceOf('MCPB', file, line > 0 ? line : null, setting?.title ?? null),
        ...(setting?.description ? { description: setting.description } : {}),
        requirement: setting?.required === true && fallback === undefined ? 'LAZY' : 'OPTIONAL',
        ...(setting?.sensitive === undefined ? {} : { secret: setting.sensitive }),
        ...(kind && setting?.sensitive !== true ? { kind } : {}),
        ...(typeof fallback === 'string' || typeof fallback === 'number' || typeof fallback === 'boolean'
          ? { default: String(fallback) }
          : {}),
      },
    ];
  });
  return { env, tools: tools.map(({ name, description }) => ({ name, description: description ?? null })) };
}
