import type { Target } from './endpoint.ts';
import { bearerOf, type ClientGuide, command, headerOption, shellQuote } from './guide.ts';

export function inspector(target: Target): ClientGuide {
  const url = shellQuote(target.url);
  return {
    key: 'inspector',
    label: 'Inspector',
    kind: 'terminal',
    announces: /^inspector/i,
    source: { url: 'https://github.com/modelcontextprotocol/inspector', checked: '2026-12-01' },
    steps: `Run this to list the tools${target.access === 'OAUTH' ? '; a script sends a token' : ''}.`,
    snippets: [
      command(
        `npx -y @modelcontextprotocol/inspector --cli --server-url ${url} --transport http${headerOption(bearerOf(target))} --method tools/list`,
      ),
    ],
  };
}

/** A bridge for clients that start a program and speak stdio to it. It introduces itself by the name of its client. */
export function supergateway(target: Target): ClientGuide {
  return {
    key: 'supergateway',
    label: 'supergateway',
    kind: 'terminal',
    source: { url: 'https://github.com/supercorp-ai/supergateway', checked: '2026-12-01' },
    steps: `For a client that speaks stdio only, start this as its server${target.access === 'OAUTH' ? '; it sends a token' : ''}.`,
    snippets: [
      command(
        `npx -y supergateway --streamableHttp ${shellQuote(target.url)} --logLevel none${headerOption(bearerOf(target))}`,
      ),
    ],
  };
}
