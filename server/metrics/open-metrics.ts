import type { PrismaClient } from '#prisma/client.ts';
import type { Events, Topic } from '#server/domain/events.ts';
import { addDeploymentFigures } from './deployment-figures.ts';
import { createMetrics, type Metrics } from './metrics.ts';

const TOPICS: Record<Topic, true> = {
  deployment: true,
  deployments: true,
  access: true,
  work: true,
  session: true,
  settings: true,
  analysis: true,
  wake: true,
};

/** The metrics of one server, with what the database and the event bus tell already joined to them. */
export function openMetrics(deps: { prisma: PrismaClient; events: Events; now: () => Date }): {
  metrics: Metrics;
  close(): void;
} {
  const metrics = createMetrics();
  addDeploymentFigures(metrics, deps.prisma, deps.now);
  metrics.listening('up'); // it is heard from the start on; what changes is told
  const stops = [
    ...(Object.keys(TOPICS) as Topic[]).map((topic) => deps.events.on(topic, null, () => metrics.event(topic))),
    deps.events.onConnection(metrics.listening),
  ];
  return {
    metrics,
    close: () => {
      for (const stop of stops) stop();
    },
  };
}
