import { createRandom, type Random } from '#server/domain/deployments/testing/schedule.testing.ts';

/** The bytes of one request, as they are written to the socket, and what its sender does then. */
export type Attack = { kind: string; bytes: Buffer; leaves: 'with the answer' | 'at once' };

/** Longest text of one attack: as much as a server may read before it knows the caller, and more. */
const LONG = 200_000;
const DEPLOYMENT = '00000000-0000-4000-8000-000000000000';

const TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    '"',
    "'",
    '`',
    '\\',
    '/',
    '%',
    '%00',
    '%2e%2e/',
    '../',
    '..;/',
    '\0',
    '\t',
  ],
  ...[
    '\r\n',
    '\n',
    ' ',
    ',',
    ';',
    ':',
    '=',
    '&',
    '#',
    '?',
    '$',
    '@',
    '!',
    '*',
    '-',
    '--',
    '1e999',
    '-0',
    'null',
    'true',
  ],
  ...[
    '\ufeff',
    '\u202e',
    '\ud800',
    'é',
    '😀',
    '__proto__',
    'constructor',
    '{"a":',
    '[[',
    'query',
    '...on A',
    '\\u0000',
  ],
];

const header = (random: Random): string => {
  const names = ['Content-Type', 'Accept', 'Origin', 'Cookie', 'Authorization', 'Mcp-Session-Id', 'Range', 'Expect'];
  const more = [
    'X-Forwarded-For',
    'Forwarded',
    'Transfer-Encoding',
    'Content-Encoding',
    'Catwalk-Principal',
    'Upgrade',
  ];
  const name = random.pick([...names, ...more, `X-${junk(random, 20).replace(/[^A-Za-z0-9]/g, '')}`] as [string]);
  return `${name}: ${junk(random, random.chance(0.1) ? 8_000 : 40).replace(/[\r\n\0]/g, ' ')}`;
};

function junk(random: Random, charactersMax: number): string {
  if (random.chance(0.2)) {
    const token = random.pick(TOKENS as [string]);
    return token.repeat(Math.floor((1 + random.below(charactersMax)) / token.length));
  }
  let text = '';
  const wanted = 1 + random.below(charactersMax);
  while (text.length < wanted) {
    text += random.chance(0.5) ? random.pick(TOKENS as [string]) : String.fromCharCode(32 + random.below(95));
    if (text.length > 2_000) text += text.slice(-1_000); // long texts repeat
  }
  return text;
}

const nested = (random: Random): string => {
  const depth = random.pick([10, 64, 65, 1_000, 15_000]);
  return random.chance(0.5)
    ? `${'['.repeat(depth)}${']'.repeat(depth)}`
    : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
};

const graphqlDocument = (random: Random): string => {
  switch (random.below(8)) {
    case 0:
      return `{ ${Array.from({ length: random.below(5_000) }, (_, i) => `a${i}: __typename`).join(' ')} }`;
    case 1:
      return `{ ${'viewer { deployments { nodes { owner '.repeat(random.below(40))}`;
    case 2:
      return `mutation { ${'x: createApiToken(input: {name: "a"}) { __typename } '.repeat(random.below(300))} }`;
    case 3:
      return `query($a: ${'['.repeat(random.below(3_000))}Int) { __typename }`;
    case 4:
      return `{ node(id: "${junk(random, 3_000).replace(/["\\\n\r]/g, '')}") { id } }`;
    case 5:
      return `fragment A on Query { ...B } fragment B on Query { ...A } { ...A }`;
    case 6:
      return `{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }`;
    default:
      return junk(random, 20_000);
  }
};

const json = (random: Random): string => {
  switch (random.below(5)) {
    case 0:
      return nested(random);
    case 1:
      return JSON.stringify({ query: graphqlDocument(random), variables: JSON.parse(nested(createRandom(1))) });
    case 2:
      return `[${Array.from({ length: random.below(2_000) }, () => '{"query":"{__typename}"}').join(',')}]`;
    case 3:
      return `{"query":"{ __typename }","variables":{${Array.from({ length: random.below(30_000) }, (_, i) => `"${i}":1`).join(',')}}}`;
    default:
      return junk(random, LONG);
  }
};

const rpc = (random: Random): string => {
  const call = { jsonrpc: '2.0', id: 1, method: random.pick(['initialize', 'tools/call', 'ping', junk(random, 200)]) };
  return random.chance(0.5) ? JSON.stringify({ ...call, params: { a: junk(random, 5_000) } }) : json(random);
};

const form = (random: Random): string =>
  Array.from({ length: random.below(3_000) }, (_, i) => `${random.pick(['a', 'token', `k${i}`, 'a[b][c]'])}=${i}`).join(
    '&',
  ) || junk(random, LONG);

type Target = { path: string; type: string; body: (random: Random) => string };
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const TARGETS: readonly [Target, ...Target[]] = [
  { path: '/graphql', type: JSON_TYPE, body: json },
  { path: '/graphql', type: JSON_TYPE, body: (random) => JSON.stringify({ query: graphqlDocument(random) }) },
  { path: '/api/auth/sign-in/email', type: JSON_TYPE, body: json },
  { path: '/api/auth/sign-in/link', type: JSON_TYPE, body: json },
  { path: '/sign-in', type: FORM_TYPE, body: form },
  { path: '/api/device/code', type: FORM_TYPE, body: form },
  { path: '/api/device/token', type: FORM_TYPE, body: form },
  { path: `/oauth/${DEPLOYMENT}/register`, type: JSON_TYPE, body: json },
  { path: `/oauth/${DEPLOYMENT}/token`, type: FORM_TYPE, body: form },
  { path: `/api/mcp/${DEPLOYMENT}`, type: JSON_TYPE, body: rpc },
];
const PATHS = [
  '/',
  '/deployments',
  '/assets/../../etc/passwd',
  '/api/health',
  '/api/live',
  '/metrics',
  '/sign-in?token=',
];
const MORE_PATHS = [
  `/oauth/${DEPLOYMENT}/authorize?`,
  '/.well-known/',
  '/api/mcp/',
  '/graphql?query=',
  '/api/audit.jsonl',
];

const head = (start: string, lines: string[]): string => `${[start, ...lines].join('\r\n')}\r\n\r\n`;

/** One request of a stranger, chosen by the random numbers alone. */
export function attackOf(random: Random, host: string): Attack {
  const address = `198.51.100.${random.below(256)}`;
  const usual = [`Host: ${host}`, `X-Forwarded-For: ${address}`, 'Connection: close'];
  const extra = Array.from({ length: random.below(6) }, () => header(random));
  const leaves = random.chance(0.2) ? 'at once' : 'with the answer';
  const kind = random.below(10);
  if (kind < 6) {
    const { path, type, body } = random.pick(TARGETS as [Target]);
    const bytes = Buffer.from(body(random), 'utf8');
    const lines = [...usual, `Content-Type: ${random.chance(0.9) ? type : junk(random, 50).replace(/[\r\n\0]/g, '')}`];
    const chunked = random.chance(0.2);
    const length = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`;
    const start = head(`POST ${path} HTTP/1.1`, [
      ...lines,
      length,
      ...extra.filter((one) => !/^(tr|ex|up)/i.test(one)),
    ]);
    const sent = chunked
      ? Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')])
      : bytes;
    const cut = leaves === 'at once' ? sent.subarray(0, random.below(sent.length + 1)) : sent;
    return { kind: `POST ${path}`, bytes: Buffer.concat([Buffer.from(start, 'utf8'), cut]), leaves };
  }
  if (kind < 8) {
    const path = random.pick([...PATHS, ...MORE_PATHS] as [string]);
    const tail = encodeURIComponent(junk(random, random.chance(0.1) ? 12_000 : 300).toWellFormed());
    const method = random.pick(['GET', 'GET', 'HEAD', 'OPTIONS', 'DELETE', 'PUT', 'TRACE']);
    const bytes = Buffer.from(head(`${method} ${path}${tail} HTTP/1.1`, [...usual, ...extra]), 'utf8');
    return { kind: `${method} ${path}`, bytes, leaves };
  }
  if (kind === 8) {
    const both = [`Content-Length: ${random.below(100)}`, 'Transfer-Encoding: chunked'];
    const many = Array.from({ length: random.below(3_000) }, (_, i) => `X-${i}: 1`);
    const lines = random.pick([
      both,
      many,
      [`Host: ${host}`],
      ['Expect: 100-continue'],
      [`X-Long: ${'a'.repeat(20_000)}`],
    ]);
    return { kind: 'head', bytes: Buffer.from(head('POST /graphql HTTP/1.1', [...usual, ...lines])), leaves };
  }
  return { kind: 'junk', bytes: Buffer.from(junk(random, 20_000), 'latin1'), leaves: 'at once' };
}
