import { z } from 'zod';

const optionalText = z.string().optional().catch(undefined);

const optionSchema = z.looseObject({
  type: z.enum(['string', 'number', 'boolean', 'directory', 'file']).catch('string'),
  title: optionalText,
  description: optionalText,
  required: z.boolean().optional().catch(undefined),
  sensitive: z.boolean().optional().catch(undefined),
  multiple: z.boolean().optional().catch(undefined),
  default: z.unknown().optional(),
});

const configSchema = z.looseObject({
  command: z.string(),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
});

/**
 * The manifest of a bundle (MCPB 0.1 to 0.4), as far as running it needs. Unknown members are passed over: bundles in
 * use have some, and desktop clients install them.
 */
export const bundleManifestSchema = z.looseObject({
  name: z.string().min(1),
  display_name: optionalText,
  version: z.string().min(1),
  description: optionalText,
  server: z.looseObject({
    type: z.string(),
    entry_point: z.string(),
    // bundles of the kind `uv` (0.4) may leave it to the client
    mcp_config: configSchema
      .extend({ platform_overrides: z.record(z.string(), configSchema.partial()).optional().catch(undefined) })
      .default({ command: '', args: [], env: {} }),
  }),
  tools: z
    .array(z.looseObject({ name: z.string(), description: optionalText }))
    .default([])
    .catch([]),
  compatibility: z
    .looseObject({ platforms: z.array(z.string()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  user_config: z.record(z.string(), optionSchema).default({}),
});

export type BundleManifest = z.infer<typeof bundleManifestSchema>;
export type BundleOption = z.infer<typeof optionSchema>;
