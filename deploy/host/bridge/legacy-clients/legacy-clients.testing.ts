import { fileURLToPath } from 'node:url';
import {
  type Json,
  type Message,
  messagesOf,
  readEvents,
  startTestHost,
  type TestClient,
  type TestHost,
} from '../../test-rig.ts';

const MODERN = fileURLToPath(new URL('../../../../tests/fixtures/stdio/modern-server.ts', import.meta.url));

/** A host with a server that speaks 2026-07-28 only. */
export const startModernServer = (config: Parameters<typeof startTestHost>[0] = {}): Promise<TestHost> =>
  startTestHost({ package: { runtime: 'command', command: 'node', args: [MODERN] }, ...config });

/** Sends one request, and returns every message of the response. */
export const callOf = (client: TestClient, method: string, params?: Json): Promise<Message[]> =>
  client.post({ id: 1, method, ...(params === undefined ? {} : { params }) }).then(messagesOf);

/** Calls a tool and answers what the server asks for; returns the questions and the answer. */
export const converse = async (
  client: TestClient,
  args: Json,
  answer: (question: Message) => Json,
  tool = 'ask',
  beforeAnswer: () => Promise<unknown> = async () => {},
): Promise<{ questions: Message[]; answer: Message | undefined }> => {
  const questions: Message[] = [];
  const response = await client.postTool('call', tool, args);
  for await (const { data } of readEvents(response)) {
    if (data === '') continue;
    const message: Message = JSON.parse(data);
    if (message.method === undefined) return { questions, answer: message };
    questions.push(message);
    await beforeAnswer();
    await client.post({ id: message.id, ...answer(message) });
  }
  return { questions, answer: undefined };
};

export const ELICIT = { name: { method: 'elicitation/create', params: { message: 'Name?', requestedSchema: {} } } };
