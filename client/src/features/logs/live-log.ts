import { useSubscription } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { graphql } from '../../generated/index.ts';
import type { LogViewLine } from './log-line.ts';

const DeploymentLogsDocument = graphql(`
  subscription DeploymentLogs($id: ID!, $tail: Int!) {
    deploymentLogs(id: $id, tail: $tail) {
      at
      stream
      text
    }
  }
`);

/** Lines kept in the page; older ones stay on the server. */
const LINES_MAX = 20_000;
const TAIL = 1_000;

const keyOf = (line: Omit<LogViewLine, 'key'>) => `${line.at} ${line.stream} ${line.text}`;

/**
 * Subscribes to the log of a deployment. Lines arrive one by one and reach the page once per frame. After a reconnect
 * the server sends the tail again: lines that are already here are recognized and left out.
 */
export function useLiveLog(deploymentId: string): { lines: readonly LogViewLine[]; error: Error | null } {
  const [lines, setLines] = useState<readonly LogViewLine[]>([]);
  const pending = useRef<LogViewLine[]>([]);
  const seen = useRef(new Map<string, number>());
  const frame = useRef(0);
  const count = useRef(0);

  const flush = () => {
    frame.current = 0;
    const arrived = pending.current;
    pending.current = [];
    setLines((before) => {
      const all = [...before, ...arrived];
      const last = before.at(-1);
      // Lines of several machines can arrive out of order.
      const isLate = last !== undefined && arrived.some((line) => line.at < last.at);
      if (isLate) all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      return all.length > LINES_MAX ? all.slice(-LINES_MAX) : all;
    });
  };
  useEffect(
    () => () => {
      cancelAnimationFrame(frame.current);
      clearTimeout(frame.current);
    },
    [],
  );

  const { error } = useSubscription(DeploymentLogsDocument, {
    variables: { id: deploymentId, tail: TAIL },
    ignoreResults: true,
    fetchPolicy: 'no-cache',
    onData: ({ data: { data } }) => {
      if (!data) return;
      const line = data.deploymentLogs;
      const key = keyOf(line);
      if (seen.current.has(key)) return;
      count.current += 1;
      seen.current.set(key, count.current);
      if (seen.current.size > LINES_MAX) {
        const [oldest] = seen.current.keys();
        if (oldest !== undefined) seen.current.delete(oldest);
      }
      pending.current.push({ ...line, key: String(count.current) });
      // A hidden tab has no frames; a timer still runs there.
      if (frame.current === 0) {
        frame.current = document.hidden ? Number(setTimeout(flush, 500)) : requestAnimationFrame(flush);
      }
    },
  });
  return { lines, error: error ?? null };
}
