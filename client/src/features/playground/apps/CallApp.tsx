import { useMemo } from 'react';
import type { Call } from '../call.ts';
import type { Capability, CapabilityRequest } from '../capabilities.ts';
import type { Outcome } from '../session.ts';
import { AppPanel } from './AppPanel.tsx';

type CallAppProps = {
  call: Call;
  capabilities: readonly Capability[];
  send: (request: CapabilityRequest, signal: AbortSignal) => Promise<Outcome>;
};

/** Shows the app of a call's tool, if the call has a result and the tool an app. */
export function CallApp({ call, capabilities, send }: CallAppProps) {
  const { request, outcome } = call;
  const tools = useMemo(() => capabilities.filter(({ kind }) => kind === 'tool'), [capabilities]);
  const uri = tools.find(({ name }) => request.kind === 'tool' && name === request.name)?.appUri;
  if (!uri || outcome?.kind !== 'tool') return null;
  return (
    <AppPanel
      uri={uri}
      toolName={request.name}
      args={request.args}
      result={outcome.result}
      tools={{
        find: (name) => tools.find((tool) => tool.name === name),
        call: async (asked, signal) => {
          const answer = await send(asked, signal);
          if (answer.kind !== 'tool') throw new Error('The server returned no result of a tool.');
          return answer.result;
        },
      }}
      readResource={async (name, signal) => {
        const answer = await send({ kind: 'resource', name, template: false, args: {} }, signal);
        if (answer.kind !== 'resource') throw new Error('The server returned no resource.');
        return answer.result;
      }}
    />
  );
}
