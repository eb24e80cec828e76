import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { parseAssignment } from '../assignments.ts';
import { connect } from '../connection.ts';
import { CliFailure, usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { CREATE_PLAYGROUND_TOKEN } from '../operations/credentials.ts';
import { oneLine, printable } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import { toolArguments } from '../tool-arguments.ts';

export type CallOptions = { arg?: string[]; input?: string; timeout: number };

/** Calls a tool of a deployment as a client would, with a token for some minutes, and prints its result. */
export async function call(shell: Shell, word: string, tool: string, options: CallOptions): Promise<void> {
  const given = (options.arg ?? []).map((text) => parseAssignment('--arg', text));
  const base = options.input === undefined ? {} : readInput(options.input);
  const api = await connect(shell);
  const { databaseId: id, endpointUrl, access } = await findDeployment(api, word);
  const token = access === 'PUBLIC' ? null : (await api.ask(CREATE_PLAYGROUND_TOKEN, { id })).token;
  const limits = { timeout: options.timeout * 1_000, signal: shell.interruption() };
  const client = new Client(
    { name: 'catwalk-cli', title: 'Catwalk', version: '1' },
    { versionNegotiation: { mode: 'auto' } },
  );
  try {
    const requestInit = { headers: token === null ? {} : { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(endpointUrl), { requestInit }), limits);
    const { tools } = await client.listTools({}, limits);
    const found = tools.find(({ name }) => name === tool);
    if (!found) {
      const names = tools.map(({ name }) => oneLine(name)).join(', ');
      throw new CliFailure('NOT_FOUND', `The server has no tool “${oneLine(tool)}”.`, { hint: `It has: ${names}` });
    }
    const args = { ...base, ...toolArguments(found.inputSchema, given) };
    print(shell, tool, await client.callTool({ name: tool, arguments: args }, limits));
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    const message = error instanceof Error ? error.message : 'The call failed.';
    throw new CliFailure('CALL_FAILED', printable(message), {
      hint: `catwalk logs ${id} prints what the server wrote.`,
      cause: error,
    });
  } finally {
    await client.close();
  }
}

type Result = Awaited<ReturnType<Client['callTool']>>;

function print(shell: Shell, tool: string, result: Result): void {
  if (result.isError)
    throw new CliFailure('TOOL_FAILED', textOf(result) || `${oneLine(tool)} reported an error.`, {
      json: { result },
    });
  if (shell.json) {
    printJson(shell, result);
    return;
  }
  shell.terminal.out.line(textOf(result));
}

/** Text as it is; of other content its kind, which --json prints whole. */
const textOf = ({ content, structuredContent }: Result): string => {
  const parts = content.map((part) => (part.type === 'text' ? printable(part.text) : `[${oneLine(part.type)}]`));
  if (parts.length === 0 && structuredContent !== undefined)
    return printable(JSON.stringify(structuredContent, null, 2));
  return parts.join('\n');
};

function readInput(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {}
  throw usage('--input takes an object of JSON.', 'Write --input \'{"name": "value"}\'.');
}
