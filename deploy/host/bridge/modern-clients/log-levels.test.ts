import { expect, test } from 'vitest';
import { peerOf } from '../parts.testing.ts';
import { createLogLevels } from './log-levels.ts';

const open = (initializeResult = '{"capabilities":{"logging":{}}}') => {
  const child = peerOf();
  child.peer.initializeResult = initializeResult;
  const logs: string[] = [];
  const levels = createLogLevels({ log: (text) => logs.push(text) });
  const sent = () => child.sent.map((text) => JSON.parse(text).params.level);
  return { child, logs, sent, raise: (rank: number) => levels.raise(child.peer, rank) };
};

test('a child is set to the most verbose level that was asked for, once', () => {
  const { sent, raise } = open();
  for (const rank of [-1, 3, 3, 4, 1, 1, 0, 7]) raise(rank);
  expect(sent()).toEqual(['warning', 'info', 'debug']);
});

test('a child that sends no log messages is not set, and a rank that does not exist sets nothing', () => {
  const silent = open('{"capabilities":{}}');
  silent.raise(0);
  const { sent, raise } = open();
  raise(8);
  expect([silent.sent(), sent()]).toEqual([[], []]);
});

test('a child that ends before it has answered is reported in the log', async () => {
  const { child, logs, raise } = open();
  raise(2);
  child.peer.ended = true;
  raise(1);
  await Promise.resolve();
  await Promise.resolve();
  expect(logs).toEqual([expect.stringContaining('did not take the log level info')]);
});
