import { useEffect, useRef, useState } from 'react';
import type { CapabilityRequest } from '../capabilities.ts';
import type { CallToolResult, ReadResourceResult } from '../session.ts';
import type { AppNote } from './AppNotes.tsx';
import type { AppHost } from './connect-app.ts';

const NOTES_MAX = 50;

export type AppTools = {
  /** Returns what the playground knows of a tool; undefined for an unknown tool. */
  find: (name: string) => { isForApps: boolean; isDestructive: boolean } | undefined;
  call: (request: CapabilityRequest, signal: AbortSignal) => Promise<CallToolResult>;
};

type AppHostDeps = {
  tools: AppTools;
  readResource: (uri: string, signal: AbortSignal) => Promise<ReadResourceResult>;
};

type Question<Asked> = { asked: Asked; settle: (answer: boolean) => void };

/**
 * Does what an app asks for: calls the tools that its server has for apps, after a question where they are destructive;
 * opens web addresses after a question; notes everything. A second question waits for the first one.
 */
export function useAppHost({ tools, readResource }: AppHostDeps) {
  const [notes, setNotes] = useState<readonly AppNote[]>([]);
  const [calls, setCalls] = useState<readonly Question<CapabilityRequest>[]>([]);
  const [links, setLinks] = useState<readonly Question<string>[]>([]);
  const lastId = useRef(0);
  const open = useRef(new Set<(answer: boolean) => void>());
  // Questions of an app that is no longer shown are answered with no.
  useEffect(() => {
    const settles = open.current;
    return () => {
      for (const settle of settles) settle(false);
    };
  }, []);
  const note = (kind: AppNote['kind'], value: unknown) => {
    lastId.current += 1;
    const added = { id: lastId.current, at: Date.now(), kind, value };
    setNotes((before) => [...before.slice(1 - NOTES_MAX), added]);
  };
  const ask = <Asked>(
    asked: Asked,
    set: (change: (before: readonly Question<Asked>[]) => readonly Question<Asked>[]) => void,
  ): Promise<boolean> =>
    new Promise((resolve) => {
      const settle = (answer: boolean) => {
        open.current.delete(settle);
        set((before) => before.filter((one) => one.settle !== settle));
        resolve(answer);
      };
      open.current.add(settle);
      set((before) => [...before, { asked, settle }]);
    });

  const host: Omit<AppHost, 'onHeight'> = {
    callTool: async (name, args, signal) => {
      const tool = tools.find(name);
      if (!tool?.isForApps) throw new Error(`The server offers no tool ${name} to apps.`);
      const request: CapabilityRequest = { kind: 'tool', name, template: false, args };
      if (tool.isDestructive && !(await ask(request, setCalls))) throw new Error('The user declined the call.');
      note('call', { name, arguments: args });
      return tools.call(request, signal);
    },
    readResource: (uri, signal) => {
      note('read', uri);
      return readResource(uri, signal);
    },
    openLink: async (text) => {
      const url = URL.parse(text);
      if (!url || !['https:', 'http:'].includes(url.protocol) || !(await ask(url.href, setLinks))) return false;
      window.open(url.href, '_blank', 'noopener,noreferrer');
      return true;
    },
    onNote: note,
  };
  return {
    host,
    notes,
    asked: calls[0]?.asked ?? null,
    link: links[0]?.asked ?? null,
    answerCall: (answer: boolean) => calls[0]?.settle(answer),
    answerLink: (answer: boolean) => links[0]?.settle(answer),
  };
}
