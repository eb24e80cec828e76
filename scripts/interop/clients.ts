/** A client that is tried, pinned. `guide` names the instructions of server/connect that set it up. */
export type TriedClient = {
  key: string;
  label: string;
  guide: string;
  /** The first one is the client; the others are those that its instructions or its driver need. */
  packages: [string, ...string[]];
  how:
    | {
        kind: 'library';
        driver: string;
        /** How the client negotiates, for those that have a choice; its instructions are the default. */
        mode?: string;
        signsIn: boolean;
      }
    | { kind: 'bridge'; signsIn: boolean }
    | {
        kind: 'program';
        /** The file, below its home, for instructions that are settings; commands are run. */
        settings?: string;
        /** Connects and reports. */
        check: string[];
        /** Lines for its input, if it waits for some. */
        input?: string[];
        isConnected: RegExp;
        /** Signs in, and prints the link for the person. */
        signIn?: string[];
        variables?: Record<string, string>;
      };
};

const SDK = '@modelcontextprotocol/sdk@1.32.2';

const initialize = { id: 1, method: 'initialize', params: { clientInfo: { name: 'interop', version: '1.0.0' } } };
const CODEX_INPUT = [initialize, { method: 'initialized' }, { id: 2, method: 'mcpServerStatus/list', params: {} }];

export const TRIED_CLIENTS: readonly TriedClient[] = [
  {
    key: 'sdk-v1',
    label: 'TypeScript SDK 1',
    guide: 'typescript-v1',
    packages: [SDK],
    how: { kind: 'library', driver: 'sdk-v1.mjs', signsIn: true },
  },
  ...(['legacy', 'auto', 'modern'] as const).map(
    (mode): TriedClient => ({
      key: `sdk-v2-${mode}`,
      label: `TypeScript SDK 2, ${mode === 'legacy' ? 'as it comes' : mode}`,
      guide: 'typescript',
      packages: ['@modelcontextprotocol/client@2.4.0'],
      how: { kind: 'library', driver: 'sdk-v2.mjs', mode, signsIn: true },
    }),
  ),
  {
    key: 'ai-sdk',
    label: 'AI SDK',
    guide: 'ai-sdk',
    packages: ['@ai-sdk/mcp@2.0.99'],
    how: { kind: 'library', driver: 'ai-sdk.mjs', signsIn: true },
  },
  {
    key: 'langchain',
    label: 'LangChain',
    guide: 'langchain',
    packages: ['@langchain/mcp-adapters@1.1.4', '@langchain/core@1.4.0'],
    how: { kind: 'library', driver: 'langchain.mjs', signsIn: true },
  },
  {
    key: 'openai-agents',
    label: 'OpenAI Agents',
    guide: 'openai-agents',
    packages: ['@openai/agents@0.20.0', 'zod@4.6.7'],
    how: { kind: 'library', driver: 'openai-agents.mjs', signsIn: true },
  },
  {
    key: 'mastra',
    label: 'Mastra',
    guide: 'mastra',
    packages: ['@mastra/mcp@2.0.0', '@mastra/core@1.71.0'],
    how: { kind: 'library', driver: 'mastra.mjs', signsIn: false },
  },
  {
    key: 'mcp-remote',
    label: 'mcp-remote (Claude Desktop)',
    guide: 'claude',
    packages: ['mcp-remote@0.15.1', SDK],
    how: { kind: 'bridge', signsIn: true },
  },
  {
    key: 'supergateway',
    label: 'supergateway',
    guide: 'supergateway',
    packages: ['supergateway@4.0.0', SDK],
    how: { kind: 'bridge', signsIn: false },
  },
  {
    key: 'inspector',
    label: 'Inspector, command line',
    guide: 'inspector',
    packages: ['@modelcontextprotocol/inspector@2.12.0'],
    how: { kind: 'program', check: [], isConnected: /"name": "echo"/ },
  },
  {
    key: 'claude-code',
    label: 'Claude Code',
    guide: 'claude-code',
    packages: ['@anthropic-ai/claude-code@2.1.332'],
    how: {
      kind: 'program',
      check: ['claude', 'mcp', 'list'],
      isConnected: /✓ Connected|✔ Connected/,
      variables: { DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
    },
  },
  {
    key: 'codex',
    label: 'Codex',
    guide: 'codex',
    packages: ['@openai/codex@0.171.0'],
    how: {
      kind: 'program',
      settings: '.codex/config.toml',
      check: ['codex', 'app-server'],
      input: CODEX_INPUT.map((message) => JSON.stringify(message)),
      isConnected: /"echo"/,
      signIn: ['codex', 'mcp', 'login', 'interop'],
    },
  },
  {
    key: 'opencode',
    label: 'opencode',
    guide: 'opencode',
    packages: ['opencode-ai@1.18.33'],
    how: {
      kind: 'program',
      settings: '.config/opencode/opencode.json',
      check: ['opencode', 'mcp', 'list'],
      isConnected: /interop\s+connected|connected/,
      signIn: ['opencode', 'mcp', 'auth', 'interop'],
    },
  },
  {
    key: 'gemini',
    label: 'Gemini CLI',
    guide: 'gemini',
    packages: ['@google/gemini-cli@0.61.0'],
    how: {
      kind: 'program',
      check: ['gemini', 'mcp', 'list'],
      isConnected: /- Connected/,
      variables: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
    },
  },
  {
    key: 'qwen',
    label: 'Qwen Code',
    guide: 'qwen',
    packages: ['@qwen-code/qwen-code@0.24.4'],
    how: { kind: 'program', check: ['qwen', 'mcp', 'list'], isConnected: /- Connected/ },
  },
];
