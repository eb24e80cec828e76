import { expect, test } from 'vitest';
import { createSignedInConnections } from './signed-in-connections.ts';

const CREDENTIALS = { authorization: 'Bearer cw_x', cookie: null, address: '127.0.0.1' };

/** Connections of users who stay signed in, and the names of those that were ended. */
function open() {
  const ended: string[] = [];
  const stopped: string[] = [];
  const connections = createSignedInConnections({
    events: {
      on: (topic) => () => void stopped.push(topic),
      onConnection: () => () => void stopped.push('connection'),
    },
    authenticate: async () => null,
    onError: (error) => {
      throw error;
    },
  });
  const watch = (userId: string, name: string) => connections.watch(userId, CREDENTIALS, () => void ended.push(name));
  return { connections, watch, ended, stopped };
}

test('a closing server ends the subscriptions that are still open, and follows no session any more', () => {
  const { connections, watch, ended, stopped } = open();
  const stop = watch('ann', 'first');
  watch('ann', 'second');
  watch('bob', 'third');
  stop();
  expect([connections.count('ann'), connections.count('bob'), connections.count('eve')]).toEqual([1, 1, 0]);
  connections.close();
  expect(ended).toEqual(['second', 'third']);
  expect(stopped).toEqual(['session', 'connection']);
});
