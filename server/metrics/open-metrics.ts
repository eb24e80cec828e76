import type { PrismaClient } from '#prisma/client.ts';
import type { Events, Topic } from '#server/domain/events.ts';
import { addDeploymentFigures } from './deployment-figures.ts';
import { measureEventLag } from './event-lag.ts';
import { createMetrics, type Metrics } from './metrics.ts';

/** False: it is said only to be measured. */
const IS_COUNTED: Record<Topic, boolean> = {
  deployment: true,
  deployments: true,
  access: true,
  work: true,
  session: true,
  settings: true,
  analysis: true,
  remote: true,
  calls: true,
  wake: true,
  echo: false,
};
const TOPICS = (Object.keys(IS_COUNTED) as Topic[]).filter((topic) => IS_COUNTED[topic]);

export type OpenMetrics = {
  metrics: Metrics;
  /** The same event bus; what is published through it is counted. */
  events: Events;
  close(): void;
};

/** The metrics of one server, with what the database and the event bus tell already joined to them. */
export function openMetrics(deps: { prisma: PrismaClient; events: Events; now: () => Date }): OpenMetrics {
  const { events, prisma } = deps;
  const metrics = createMetrics();
  addDeploymentFigures(metrics, prisma, deps.now);
  metrics.gauges(
    'catwalk_events_lag_seconds',
    'From saying something on the event bus to hearing it, measured now; none when it was not heard.',
    'topic',
    async () => {
      const lag = await measureEventLag(events, prisma);
      return lag === null ? [] : [['echo', lag]];
    },
  );
  metrics.events.listening('up'); // the bus listens from the start; later changes arrive as events
  const stops = [
    ...TOPICS.map((topic) => events.on(topic, null, () => metrics.events.received(topic))),
    events.onConnection(metrics.events.listening),
  ];
  return {
    metrics,
    events: {
      ...events,
      publish: (db, topic, id) => {
        metrics.events.published(topic);
        return events.publish(db, topic, id);
      },
    },
    close: () => {
      for (const stop of stops) stop();
    },
  };
}
