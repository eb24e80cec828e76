import { Counter, Gauge, type Registry } from 'prom-client';

export type EventFigures = {
  published(topic: string): void;
  received(topic: string): void;
  listening(state: 'up' | 'down'): void;
};

/** The event bus: counts of messages sent and received by this instance, and its connection. */
export function createEventFigures(registers: Registry[]): EventFigures {
  const published = new Counter({
    name: 'catwalk_events_published_total',
    help: 'Messages given to the event bus; one of a transaction that fails is never sent.',
    labelNames: ['topic'],
    registers,
  });
  const received = new Counter({
    name: 'catwalk_events_received_total',
    help: 'Messages heard on the event bus, those of this instance included.',
    labelNames: ['topic'],
    registers,
  });
  const listening = new Gauge({
    name: 'catwalk_events_listening',
    help: '1 while the event bus is heard, 0 while LISTEN is lost.',
    registers,
  });
  const reconnects = new Counter({
    name: 'catwalk_events_reconnects_total',
    help: 'How often LISTEN was lost and is back.',
    registers,
  });
  let wasLost = false;
  return {
    published: (topic) => published.inc({ topic }),
    received: (topic) => received.inc({ topic }),
    listening: (state) => {
      listening.set(state === 'up' ? 1 : 0);
      if (state === 'up' && wasLost) reconnects.inc();
      wasLost = state === 'down';
    },
  };
}
