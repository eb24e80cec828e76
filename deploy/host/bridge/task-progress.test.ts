import { expect, test } from 'vitest';
import { ownCall } from './call.ts';
import { scan } from './json-rpc.ts';
import { TaskProgress } from './task-progress.ts';

const createSession = () => ({ principal: 'a', onChildEnd: () => {} });

test('a session that ended is not kept for the progress of its tasks, and those of others are', () => {
  const tasks = new TaskProgress();
  const [ended, other] = [createSession(), createSession()];
  const answer = scan('{"jsonrpc":"2.0","id":1,"result":{"task":{"taskId":"t","status":"working"}}}');
  if (answer === null) throw new Error('unreachable');
  tasks.onAnswer(1, ownCall('tools/call', { session: ended, token: '"x"' }), answer);
  tasks.onAnswer(2, ownCall('tools/call', { session: other, token: '"y"' }), answer);
  tasks.forget(ended);
  expect(tasks.find(1)).toBeNull();
  expect(tasks.find(2)?.session).toBe(other);
});
