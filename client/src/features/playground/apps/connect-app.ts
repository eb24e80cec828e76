import { AppBridge, type McpUiHostContext, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';
import type { CallToolResult, ReadResourceResult } from '../session.ts';

/** An app that asks for more at once is not answered, so that a loop in it does not flood the server. */
const REQUESTS_AT_ONCE_MAX = 8;

export type AppHost = {
  callTool: (name: string, args: Record<string, unknown>, signal: AbortSignal) => Promise<CallToolResult>;
  readResource: (uri: string, signal: AbortSignal) => Promise<ReadResourceResult>;
  /** Resolves with false if the user does not want to open the address. */
  openLink: (url: string) => Promise<boolean>;
  /** Called when the app has something for a language model, or writes to its log. */
  onNote: (kind: 'message' | 'context' | 'log', value: unknown) => void;
  /** Called with the height that the app's content needs, in pixels. */
  onHeight: (height: number) => void;
};

type ConnectedApp = {
  frame: Window;
  html: string;
  /** The call that the app shows. */
  args: Record<string, unknown>;
  result: CallToolResult;
  context: McpUiHostContext;
  host: AppHost;
};

/**
 * Stands between an app in its frame and the server. Messages count only if they come from the frame, and each is checked
 * against its schema (`AppBridge`); requests that are not named here are answered with "method not found".
 */
export function connectApp({ frame, html, args, result, context, host }: ConnectedApp) {
  const bridge = new AppBridge(
    null,
    { name: 'catwalk-playground', version: '1.0.0' },
    { serverTools: {}, serverResources: {}, openLinks: {}, logging: {}, message: { text: {} }, updateModelContext: {} },
    { hostContext: context },
  );
  let atOnce = 0;
  const bounded = async <Result>(request: () => Promise<Result>): Promise<Result> => {
    if (atOnce >= REQUESTS_AT_ONCE_MAX) throw new Error('The app has too many requests at once.');
    atOnce += 1;
    try {
      return await request();
    } finally {
      atOnce -= 1;
    }
  };
  bridge.oncalltool = ({ name, arguments: given = {} }, { mcpReq }) =>
    bounded(() => host.callTool(name, given, mcpReq.signal));
  bridge.onreadresource = ({ uri }, { mcpReq }) => bounded(() => host.readResource(uri, mcpReq.signal));
  bridge.onopenlink = ({ url }) => bounded(async () => ((await host.openLink(url)) ? {} : { isError: true }));
  bridge.onmessage = async ({ content }) => {
    host.onNote('message', content);
    return {};
  };
  bridge.onupdatemodelcontext = async ({ content, structuredContent }) => {
    host.onNote('context', structuredContent ?? content);
    return {};
  };
  bridge.onrequestdisplaymode = async () => ({ mode: 'inline' });
  bridge.addEventListener('loggingmessage', ({ data }) => host.onNote('log', data));
  bridge.addEventListener('sizechange', ({ height }) => {
    if (height !== undefined) host.onHeight(height);
  });
  bridge.addEventListener('sandboxready', () => {
    void bridge.sendSandboxResourceReady({ html, sandbox: 'allow-scripts allow-forms' });
  });
  bridge.addEventListener('initialized', () => {
    void bridge.sendToolInput({ arguments: args });
    void bridge.sendToolResult(result);
  });
  void bridge.connect(new PostMessageTransport(frame, frame));
  return {
    setContext: (next: McpUiHostContext) => bridge.setHostContext(next),
    close: () => void bridge.close(),
  };
}
