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
  tasks.onAnswer(1, ownCall('tools/call', { session: ended, token: '"x"' }), answer, 0);
  tasks.onAnswer(2, ownCall('tools/call', { session: other, token: '"y"' }), answer, 0);
  tasks.forget(ended);
  expect(tasks.find(1)).toBeNull();
  expect(tasks.find(2)?.session).toBe(other);
});

const answerOf = (task: object) => {
  const answer = scan(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { task } }));
  if (answer === null) throw new Error('unreachable');
  return answer;
};

test('counts a task as running until its end is reported, with or without a progress token', () => {
  const tasks = new TaskProgress();
  const call = ownCall<ReturnType<typeof createSession>>('tools/call', { session: createSession() });
  tasks.onAnswer(1, call, answerOf({ taskId: 't', status: 'working', ttl: null }), 0);
  expect([tasks.running(0), tasks.find(1)]).toEqual([1, null]);
  const status = scan(
    '{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"t","status":"completed"}}',
  );
  if (status === null) throw new Error('unreachable');
  tasks.onNotification(status, 1);
  expect(tasks.running(1)).toBe(0);
});

test('a task counts as running for its lifetime at most, and for 30 minutes after its last status', () => {
  const tasks = new TaskProgress();
  const call = ownCall<ReturnType<typeof createSession>>('tools/call', { session: createSession() });
  tasks.onAnswer(1, call, answerOf({ taskId: 'brief', status: 'working', ttl: 5_000 }), 0);
  tasks.onAnswer(2, call, answerOf({ taskId: 'long', status: 'working', ttl: 86_400_000 }), 0);
  expect([tasks.running(4_999), tasks.running(5_000), tasks.running(30 * 60_000)]).toEqual([2, 1, 0]);
});

test('a thousand tasks are known, and the oldest gives way', () => {
  const tasks = new TaskProgress();
  const call = ownCall<ReturnType<typeof createSession>>('tools/call', { session: createSession(), token: '"x"' });
  for (let id = 1; id <= 1_000; id += 1) tasks.onAnswer(id, call, answerOf({ taskId: `t${id}`, status: 'working' }), 0);
  expect([tasks.running(0), tasks.find(1)]).toMatchObject([1_000, { token: '"x"' }]);
  tasks.onAnswer(1_001, call, answerOf({ taskId: 'new', status: 'working' }), 0);
  expect([tasks.running(0), tasks.find(1), tasks.find(2)]).toMatchObject([1_000, null, { token: '"x"' }]);
});

test.each(['completed', 'failed', 'cancelled'])('a task that is answered as %s was none', (status) => {
  const tasks = new TaskProgress();
  const call = ownCall<ReturnType<typeof createSession>>('tools/call', { session: createSession(), token: '"x"' });
  tasks.onAnswer(1, call, answerOf({ taskId: 't', status }), 0);
  tasks.onAnswer(2, call, answerOf({ status: 'working' }), 0);
  tasks.onAnswer(3, call, answerOf({ taskId: 't' }), 0);
  tasks.onAnswer(4, ownCall('tools/call', {}), answerOf({ taskId: 't', status: 'working' }), 0);
  expect([tasks.running(0), tasks.find(1)]).toEqual([0, null]);
});

test('an answer to tasks/get reports the end of its own task only', () => {
  const tasks = new TaskProgress();
  const session = createSession();
  const call = ownCall<typeof session>('tools/call', { session, token: '"x"' });
  tasks.onAnswer(1, call, answerOf({ taskId: 't', status: 'working' }), 0);
  tasks.onAnswer(2, call, answerOf({ taskId: 'u', status: 'working' }), 0);
  const status = scan('{"jsonrpc":"2.0","id":1,"result":{"taskId":"t","status":"completed"}}');
  if (status) tasks.onAnswer(3, ownCall<typeof session>('tasks/get', { session }), status, 1);
  expect([tasks.running(1), tasks.find(1), tasks.find(2)]).toMatchObject([1, null, { token: '"x"' }]);
});
