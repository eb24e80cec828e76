import { z } from 'zod';

const eventSchema = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
});
export type AdvisoryEvent = z.infer<typeof eventSchema>;

const rangeSchema = z.object({ type: z.string(), events: z.array(eventSchema).min(1) });

/** The part of an advisory in the OSV format (ossf.github.io/osv-schema) that the check reads and the list keeps. */
export const advisorySchema = z.object({
  id: z.string().min(1),
  summary: z.string().min(1),
  modified: z.iso.datetime(),
  withdrawn: z.iso.datetime().optional(),
  aliases: z.array(z.string()).optional(),
  affected: z.array(
    z.object({
      package: z.object({ ecosystem: z.string(), name: z.string() }),
      ranges: z.array(rangeSchema).optional(),
      versions: z.array(z.string()).optional(),
    }),
  ),
});
export type Advisory = z.infer<typeof advisorySchema>;

export const advisoryListSchema = z.object({
  /** The day on which the list was last compared with a source of advisories. */
  comparedOn: z.iso.date(),
  source: z.string().min(1),
  advisories: z.array(advisorySchema),
});
export type AdvisoryList = z.infer<typeof advisoryListSchema>;

/** The reason why an advisory that matches does not matter here, by its id. */
export const explanationsSchema = z.record(z.string(), z.string().min(1));
export type Explanations = z.infer<typeof explanationsSchema>;
