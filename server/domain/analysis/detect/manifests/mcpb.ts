import { z } from 'zod';
import { quotedLines } from '../../files/quoted-lines.ts';
import { parseTolerantJson } from '../../files/tolerant-json.ts';
import type { FieldKind, ToolSummary } from '../../result.ts';
import { type ArgumentFinding, ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';

const configSchema = z.looseObject({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  required: z.boolean().optional(),
  sensitive: z.boolean().optional(),
  default: z.unknown().optional(),
  multiple: z.boolean().optional(),
});
type Setting = z.infer<typeof configSchema>;

/** The manifest of an MCP bundle (MCPB, formerly DXT). */
const manifestSchema = z.looseObject({
  server: z.looseObject({
    mcp_config: z.looseObject({
      env: z.record(z.string(), z.string()).optional(),
      args: z.array(z.string()).optional().catch(undefined),
    }),
  }),
  user_config: z.record(z.string(), configSchema).optional().catch(undefined),
  tools: z
    .array(z.looseObject({ name: z.string(), description: z.string().optional() }))
    .optional()
    .catch(undefined),
});

const KINDS: Record<string, FieldKind> = { number: 'NUMBER', boolean: 'BOOLEAN', file: 'FILE' };

const KEY = /\$\{user_config\.([\w-]{1,79})\}$/;

/** A setting anywhere in the value of a variable. */
const SETTING = /\$\{user_config\.([\w-]{1,79})\}/;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;

/** `--api-key`, `${user_config.key}` and `--dir=${user_config.dir}`; a setting alone is a place of its own. */
function argumentsOf(
  args: readonly string[],
  settings: Record<string, Setting>,
  evidence: (text: string, setting: Setting | undefined) => ArgumentFinding['evidence'],
): ArgumentFinding[] {
  return args.flatMap((word, at): ArgumentFinding[] => {
    const key = KEY.exec(word)?.[1];
    if (!key) return [];
    const setting = settings[key];
    const before = args[at - 1];
    const flag = /^(--?[\w-]+)=/.exec(word)?.[1] ?? (before?.startsWith('-') ? before : null);
    const kind = KINDS[setting?.type ?? ''];
    const fallback = textOf(setting?.default);
    return [
      {
        flag,
        name: flag?.replace(/^-+/, '') ?? key.replaceAll('_', '-'),
        evidence: evidence(word, setting),
        ...(setting?.description ? { description: setting.description } : {}),
        ...(kind && kind !== 'FILE' ? { kind } : {}),
        ...(fallback === undefined || fallback.includes('${') ? {} : { default: fallback }),
        required: setting?.required === true && setting.default === undefined,
        repeated: setting?.multiple === true,
      },
    ];
  });
}

export type McpbReading = { env: EnvFinding[]; arguments: ArgumentFinding[]; tools: ToolSummary[] };

/** Variables and arguments that the bundle fills from the user's settings. */
export function readMcpbManifest(content: string, file: string): McpbReading | null {
  const parsed = manifestSchema.safeParse(parseTolerantJson(content));
  if (!parsed.success) return null;
  const { server, user_config: settings = {}, tools = [] } = parsed.data;
  const lineOf = quotedLines(content);
  const evidence = (text: string, setting: Setting | undefined) =>
    evidenceOf('MCPB', file, lineOf(text), setting?.title ?? null);
  const env = Object.entries(server.mcp_config.env ?? {}).flatMap(([name, value]): EnvFinding[] => {
    if (!ENV_NAME.test(name)) return [];
    const [placeholder, key] = SETTING.exec(value) ?? [];
    const setting = key ? settings[key] : undefined;
    // `Bearer ${user_config.token}` is written around the setting, whose kind and default are not those of the whole
    const isWhole = placeholder === value;
    const kind = isWhole ? KINDS[setting?.type ?? ''] : undefined;
    const fallback = isWhole ? textOf(setting?.default) : undefined;
    return [
      {
        name,
        evidence: evidence(name, setting),
        ...(setting?.description ? { description: setting.description } : {}),
        requirement: setting?.required === true && setting.default === undefined ? 'LAZY' : 'OPTIONAL',
        ...(setting?.sensitive === undefined ? {} : { secret: setting.sensitive }),
        ...(kind && setting?.sensitive !== true ? { kind } : {}),
        ...(fallback === undefined ? {} : { default: fallback }),
      },
    ];
  });
  return {
    env,
    arguments: argumentsOf(server.mcp_config.args ?? [], settings, evidence),
    tools: tools.map(({ name, description }) => ({ name, description: description ?? null })),
  };
}
