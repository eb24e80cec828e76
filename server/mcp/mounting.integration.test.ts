import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { createRig, type Listening, listen, type Rig, toolCall } from './test-rig.ts';

let rig: Rig | null = null;
let front: Listening | null = null;
afterEach(async () => {
  await front?.close();
  await rig?.close();
  front = null;
  rig = null;
});

const open = async (): Promise<Rig> => {
  rig = await createRig({
    machine: (req, res) => {
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        const answer = JSON.stringify({ url: req.url, id: body === '' ? null : JSON.parse(body).id });
        res.writeHead(200, { 'content-type': 'application/json' }).end(answer);
      });
    },
  });
  return rig;
};

test.each(['as a route', 'on a prefix'])('answers the same mounted in Express %s', async (how) => {
  const { endpoint, deploymentId, token } = await open();
  const app = express();
  if (how === 'as a route') app.all('/api/mcp/:id{/*rest}', endpoint.handle);
  else app.use('/api/mcp', endpoint.handle);
  front = await listen(app);
  const init = {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(toolCall('t', 5)),
  };
  const url = `${front.origin}/api/mcp/${deploymentId}`;
  expect(await (await fetch(`${url}?a=b`, init)).json()).toEqual({ url: '/mcp?a=b', id: 5 });
  expect(await (await fetch(`${url}/messages?sessionId=148e4ddc.x`, init)).json()).toMatchObject({
    url: '/messages?sessionId=x',
  });
  expect((await fetch(`${url}/status`, init)).status).toBe(404);
});

test('requests that share a connection are answered in their order, each with its own answer', async () => {
  const rig = await open();
  const socket = connect(rig.front.port, '127.0.0.1');
  const path = new URL(rig.url).pathname;
  const write = (id: number, more: string) => {
    const body = JSON.stringify(toolCall('t', id));
    const head = `Host: 127.0.0.1\r\nAuthorization: Bearer ${rig.token}\r\nContent-Length: ${body.length}\r\n${more}`;
    return `POST ${path} HTTP/1.1\r\n${head}\r\n${body}`;
  };
  socket.write([1, 2, 3, 4].map((id) => write(id, id === 4 ? 'Connection: close\r\n' : '')).join(''));
  const answer = await text(socket);
  expect([...answer.matchAll(/"id":(\d)/g)].map(([, id]) => id)).toEqual(['1', '2', '3', '4']);
});
