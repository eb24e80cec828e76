import { mergeFigures } from './merge-figures.ts';
import type { Metrics } from './metrics.ts';
import type { ProcessGroup } from './process-group.ts';

/** The figures in the text format of Prometheus. */
export type Exposition = () => Promise<{ contentType: string; text: string }>;

/** When several processes serve one port, the one that is asked returns the figures of all of them. */
export function createExposition(metrics: Metrics, group: ProcessGroup | null): Exposition {
  group?.provideFigures(metrics.figures);
  return async () => (group === null ? metrics.expose() : mergeFigures(await group.collectFigures(metrics.figures)));
}
