import { z } from 'zod';

const eventSchema = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
});

const affectedSchema = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string() }),
  ranges: z.array(z.object({ type: z.string(), events: z.array(eventSchema) })).default([]),
  versions: z.array(z.string()).default([]),
  database_specific: z.looseObject({ severity: z.string().optional() }).optional().catch(undefined),
});

/** An advisory in the OSV format (ossf.github.io/osv-schema, 1.7), as far as it is read here. */
export const osvSchema = z.object({
  id: z.string().min(1).max(200),
  summary: z.string().default(''),
  details: z.string().default(''),
  aliases: z.array(z.string()).default([]),
  withdrawn: z.string().optional(),
  affected: z.array(affectedSchema).default([]),
  references: z.array(z.object({ url: z.string() })).default([]),
  database_specific: z.looseObject({ severity: z.string().optional() }).optional().catch(undefined),
});

export type OsvAdvisory = z.infer<typeof osvSchema>;
export type OsvAffected = z.infer<typeof affectedSchema>;
