import { afterEach, describe, expect, test } from 'vitest';
import { createRig, type Rig, type RigOptions, toolCall } from './test-rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const MEGABYTE = 1024 * 1024;
const open = async (options: Partial<RigOptions> = {}) => {
  rig = await createRig({
    machine: (_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
    ...options,
  });
};
const post = async (body: BodyInit, headers: Record<string, string> = {}, url = rig.url) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${rig.token}`, 'content-type': 'application/json', ...headers },
    body,
    duplex: 'half', // what fetch wants for streams
  } as RequestInit);
  const message = (await answer.json()) as { id: unknown; error: { data: { code: string } } }; // ours
  return { status: answer.status, id: message.id, code: message.error.data.code, headers: answer.headers };
};
const call = (id: string | number) => JSON.stringify(toolCall('echo', id));

describe('a refusal carries the id of the request', () => {
  test('whatever the reason is', async () => {
    await open();
    expect(await post(call(7), { authorization: 'Bearer cwt_wrong' })).toMatchObject({ status: 401, id: 7 });
    expect(await post(call('a-8'), { origin: 'https://evil.test' })).toMatchObject({ status: 403, id: 'a-8' });
    expect(await post(call(9), { 'mcp-session-id': 'gone.session' })).toMatchObject({ status: 404, id: 9 });
    expect(await post(call(10), {}, `${rig.front.origin}/api/mcp/nothing`)).toMatchObject({ status: 404, id: 10 });
    const initialize = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'initialize', params: {} });
    expect(await post(initialize, { 'mcp-session-id': 'gone.session' })).toMatchObject({ status: 404, id: 9 });
    rig.change({ status: 'STOPPED' });
    expect(await post(call(11))).toMatchObject({ status: 503, code: 'STOPPED', id: 11 });
  });

  test('of a limit, and of a body that is too large', async () => {
    await open({ deps: { rateLimit: { consume: async () => 3 } } });
    expect(await post(call(1))).toMatchObject({ status: 429, id: 1 });
    await rig.close();
    await open();
    const large = JSON.stringify({ ...toolCall('echo', 'large'), padding: 'x'.repeat(5 * MEGABYTE) });
    expect(await post(large)).toMatchObject({ status: 413, id: 'large' });
  });

  test('when the body has arrived long before the decision', async () => {
    const decided = Promise.withResolvers<number>();
    await open({ deps: { rateLimit: { consume: () => decided.promise } } });
    const sent = post(call(13));
    setTimeout(decided.resolve, 50, 3);
    expect(await sent).toMatchObject({ status: 429, id: 13 });
  });

  test('of a machine that cannot be reached', async () => {
    await open({ machine: (req) => req.socket.destroy() });
    expect(await post(call(12))).toMatchObject({ status: 502, id: 12 });
  });

  test('wherever the id stands in a body of up to 64 kB, announced or sent in chunks', async () => {
    await open({ route: { status: 'STOPPED' } });
    const middle = `{"jsonrpc":"2.0","a":"${'x'.repeat(20_000)}","id":"middle","method":"tools/list","b":"${'x'.repeat(20_000)}"}`;
    expect((await post(middle)).id).toBe('middle');
    expect((await post(new Blob([middle]).stream())).id).toBe('middle');
  });
});

test.each([
  ['a batch', `[${JSON.stringify(toolCall('echo', 1))}]`],
  ['a notification', '{"jsonrpc":"2.0","method":"notifications/initialized"}'],
  ['a response', '{"jsonrpc":"2.0","id":4,"result":{}}'],
  ['an id that MCP does not allow', '{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}'],
  ['text that is not JSON', 'id: 4'],
])('a refusal of %s carries null', async (_what, body) => {
  await open({ route: { status: 'STOPPED' } });
  expect((await post(body)).id).toBeNull();
});

test('a 401 always carries a challenge, with tokens alone too', async () => {
  await open();
  const challengeOf = async (headers: Record<string, string>) =>
    (await post(call(1), headers)).headers.get('www-authenticate');
  expect(await challengeOf({ authorization: '' })).toBe('Bearer realm="Catwalk"');
  expect(await challengeOf({ authorization: 'Bearer cwt_wrong' })).toMatch(
    /^Bearer realm="Catwalk", error="invalid_token"/,
  );
});

test('ending a session of a stopped deployment succeeds: the session is over', async () => {
  await open({ route: { status: 'STOPPED' } });
  const answer = await rig.fetch({ method: 'DELETE', headers: { 'mcp-session-id': 'gone.session' } });
  expect(answer.status).toBe(204);
  const stranger = await rig.fetch({
    method: 'DELETE',
    headers: { 'mcp-session-id': 'gone.session', authorization: 'Bearer cwt_no' },
  });
  expect(stranger.status).toBe(401);
});
