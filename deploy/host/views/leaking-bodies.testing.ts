/** A whole body that tries to reach something hidden, and the same for something that no server has. */
export type BodyCase = { title: string; hidden: string; missing: string };

/** Both bodies of a case: NAME stands for a tool. */
const forTool = (title: string, body: string): BodyCase => ({
  title,
  hidden: body.replaceAll('NAME', 'delete_repo'),
  missing: body.replaceAll('NAME', 'absent_repo'),
});

const CALL = '"jsonrpc":"2.0","id":1,"method":"tools/call"';
const VENDOR = '{"jsonrpc":"2.0","id":"in","method":"x/everything","params":{}}';

/** Bodies whose parts two readers may read differently. Each is sent in both eras. */
export const BODY_CASES: readonly BodyCase[] = [
  forTool('two methods', '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"NAME"}}'),
  forTool(
    'a method in capitals besides',
    '{"jsonrpc":"2.0","id":1,"method":"ping","METHOD":"tools/call","params":{"name":"NAME"}}',
  ),
  forTool(
    'a method in escapes',
    String.raw`{"jsonrpc":"2.0","id":1,"m\u0065thod":"tools\u002fcall","params":{"name":"NAME"}}`,
  ),
  forTool('a method with a blank', '{"jsonrpc":"2.0","id":1,"method":"tools/call ","params":{"name":"NAME"}}'),
  forTool('two params', `{${CALL},"params":{"name":"absent_repo"},"params":{"name":"NAME"}}`),
  forTool('two params, the hidden name first', `{${CALL},"params":{"name":"NAME"},"params":{"name":"absent_repo"}}`),
  forTool('params in capitals besides', `{${CALL},"params":{"name":"absent_repo"},"Params":{"name":"NAME"}}`),
  forTool(
    'params in escapes',
    String.raw`{"jsonrpc":"2.0","id":1,"method":"tools/call","p\u0061rams":{"name":"NAME"}}`,
  ),
  forTool('params in a list', `{${CALL},"params":["NAME",{}]}`),
  forTool('params that are text', `{${CALL},"params":"{\\"name\\":\\"NAME\\"}"}`),
  forTool('an id of null', '{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"NAME"}}'),
  forTool(
    'an id in capitals besides',
    '{"jsonrpc":"2.0","ID":2,"id":1,"method":"tools/call","params":{"name":"NAME"}}',
  ),
  forTool('an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{"name":"NAME"}}'),
  forTool('no id', '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"NAME"}}'),
  forTool('a result besides', `{${CALL},"result":{},"params":{"name":"NAME"}}`),
  forTool('another version of JSON-RPC', '{"jsonrpc":"1.0","id":1,"method":"tools/call","params":{"name":"NAME"}}'),
  forTool(
    'a second message behind the first',
    `{"jsonrpc":"2.0","id":1,"method":"ping"}\n{${CALL},"params":{"name":"NAME"}}`,
  ),
  forTool('a byte order mark', `\ufeff{${CALL},"params":{"name":"NAME"}}`),
  forTool('a batch', `[{"jsonrpc":"2.0","id":2,"method":"ping"},{${CALL},"params":{"name":"NAME"}}]`),
  forTool(
    'a notification outside the protocol',
    '{"jsonrpc":"2.0","method":"notifications/vendor","params":{"name":"NAME"}}',
  ),
];

/** A message on a line of its own within arguments: a server that reads lines must not get it as one. */
export const SMUGGLED: readonly [title: string, lineEnd: string][] = [
  ['line feeds', '\n'],
  ['carriage returns', '\r'],
  ['both', '\r\n'],
];

export const smuggledArguments = (lineEnd: string): string => `{"path":"a","in":${lineEnd}${VENDOR}${lineEnd}}`;
