import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client';

/** The figures of one process, as they pass between processes. */
export type Figures = MetricObjectWithValues<MetricValue<string>>[];

export type ProcessFigures = { process: number; figures: Figures };

export type Exposition = { contentType: string; text: string };

/**
 * The figures of several processes as one text, each under its number. They are not added up: a process that is replaced
 * begins at 0, which Prometheus understands of a series of its own and would take for a leap of a sum.
 */
export async function mergeFigures(processes: readonly ProcessFigures[]): Promise<Exposition> {
  const labeled = processes.map(({ process, figures }) =>
    figures.map((metric) => ({
      ...metric,
      aggregator: 'sum' as const, // of one each: the numbers tell them apart
      values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, process: String(process) } })),
    })),
  );
  const merged = AggregatorRegistry.aggregate(labeled);
  return { contentType: merged.contentType, text: await merged.metrics() };
}
