import { z } from 'zod';

const toolSchema = z.object({
  name: z.string(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  inputSchema: z.unknown(),
  outputSchema: z.unknown(),
  annotations: z.unknown(),
});

const resourceSchema = z.object({
  uri: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  mimeType: z.string().nullable(),
  /** True when `uri` is a URI template. */
  template: z.boolean(),
});

const promptSchema = z.object({
  name: z.string(),
  description: z.string().nullable(),
  arguments: z.unknown(),
});

const snapshotSchema = z.object({
  serverInfo: z.object({ name: z.string(), version: z.string() }).nullable(),
  /** The icons of the handshake, as the server declares them; kept in a column of their own. */
  icons: z.unknown().optional(),
  protocolVersion: z.string(),
  /** The eras that the server itself supports; `dual`: both. */
  era: z.enum(['legacy', 'modern', 'dual']),
  capabilities: z.unknown(),
  instructions: z.string().nullable(),
  tools: z.array(toolSchema),
  resources: z.array(resourceSchema),
  prompts: z.array(promptSchema),
  /** Sentences about lists that are cut or missing. */
  notes: z.array(z.string()).default([]),
});

/** Everything that a release's server offered at its handshake. */
export type Snapshot = z.infer<typeof snapshotSchema>;
export type ToolSummary = z.infer<typeof toolSchema>;
export type ResourceSummary = z.infer<typeof resourceSchema>;
export type PromptSummary = z.infer<typeof promptSchema>;

/** An era of MCP: versions up to 2025-11-25 with sessions, or 2026-07-28 without. */
export type Era = 'legacy' | 'modern';

/** The eras that the server of a release supports by itself; none before its handshake. */
export const erasOf = (snapshot: Snapshot | null): Era[] =>
  snapshot === null ? [] : snapshot.era === 'dual' ? ['legacy', 'modern'] : [snapshot.era];

/** Reads a JSON column; null before the handshake, and for a row of an older version that does not parse. */
export const parseSnapshot = (column: unknown): Snapshot | null => snapshotSchema.safeParse(column).data ?? null;
