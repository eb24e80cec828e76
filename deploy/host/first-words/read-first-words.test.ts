import { describe, expect, test } from 'vitest';
import { readFirstWords } from './read-first-words.ts';

/** `A + B|--flag + <path>`: all of the parts, one of each choice. */
const needsOf = (text: string, known: string[] = []): string =>
  readFirstWords(text.split('\n'), known)
    .needs.map((need) =>
      need.map((one) => (one.kind === 'variable' ? one.name : (one.flag ?? `<${one.name}>`))).join('|'),
    )
    .join(' + ');
const modesOf = (text: string): string[] => readFirstWords(text.split('\n'), []).modes.map((words) => words.join(' '));

describe('sentences', () => {
  test.each([
    ['Error: ORBIT_API_KEY environment variable is required', 'ORBIT_API_KEY'],
    ['Missing ORBIT_TOKEN', 'ORBIT_TOKEN'],
    ['ORBIT_TOKEN must be set.', 'ORBIT_TOKEN'],
    ['Fatal: the environment variable ORBIT_URL is not defined', 'ORBIT_URL'],
    ['[2026-01-02T03:04:05Z] ERROR orbit: ORBIT_URL not set', 'ORBIT_URL'],
    ['{"level":"error","time":1,"msg":"ORBIT_TOKEN is missing"}', 'ORBIT_TOKEN'],
    ['\u001b[31mError:\u001b[0m Please provide ORBIT_TOKEN via environment', 'ORBIT_TOKEN'],
    ['TypeError: process.env.ORBIT_HOST is undefined', 'ORBIT_HOST'],
    ['Missing environment variable: TOKEN', 'TOKEN'],
    ['Did you forget to set ORBIT_TOKEN?', 'ORBIT_TOKEN'],
    ['No API key found. Set ORBIT_API_KEY in your environment.', 'ORBIT_API_KEY'],
    ['ORBIT_USER and ORBIT_PASSWORD are required', 'ORBIT_USER + ORBIT_PASSWORD'],
    ['ORBIT_HOST, ORBIT_USER and ORBIT_PASSWORD must be set', 'ORBIT_HOST + ORBIT_USER + ORBIT_PASSWORD'],
    ['Invalid ORBIT_URL: expected an address', 'ORBIT_URL'],
    ['panic: required environment variable "ORBIT_TOKEN" is not set', 'ORBIT_TOKEN'],
    ['ORBIT_KEY is required. Get one at https://example.com/ORBIT_SIGNUP_PAGE', 'ORBIT_KEY'],
  ])('%j demands %s', (text, expected) => {
    expect(needsOf(text)).toBe(expected);
  });

  test.each([
    ['Please set ORBIT_TOKEN or ORBIT_API_KEY', 'ORBIT_TOKEN|ORBIT_API_KEY'],
    ['Either ORBIT_TOKEN or ORBIT_API_KEY must be provided', 'ORBIT_TOKEN|ORBIT_API_KEY'],
    ['At least one of ORBIT_TOKEN, ORBIT_API_KEY is required', 'ORBIT_TOKEN|ORBIT_API_KEY'],
    ['No token provided: pass --token or set ORBIT_TOKEN', '--token|ORBIT_TOKEN'],
    ['ORBIT_TOKEN is required when ORBIT_API_KEY is not set', 'ORBIT_TOKEN|ORBIT_API_KEY'],
    [
      'Orbit API key not provided. Please either pass it as an argument --api-key=$KEY or set the ORBIT_KEY environment variable.',
      '--api-key|ORBIT_KEY',
    ],
    ['ORBIT_TOKEN is required unless ORBIT_API_KEY is given', 'ORBIT_TOKEN|ORBIT_API_KEY'],
    ['Missing credentials. Set ORBIT_TOKEN.\nError: set ORBIT_TOKEN or pass --token', 'ORBIT_TOKEN|--token'],
    [
      'Error: No access token was provided. Give one in one of these ways:\n\n1. --access-token\n2. `ORBIT_ACCESS_TOKEN`',
      '--access-token|ORBIT_ACCESS_TOKEN',
    ],
  ])('%j leaves a choice', (text, expected) => {
    expect(needsOf(text)).toBe(expected);
  });

  test.each([
    ['Missing required environment variables:\n  - ORBIT_URL: the address\n  - ORBIT_TOKEN', 'ORBIT_URL + ORBIT_TOKEN'],
    ['The following variables are required:\nORBIT_URL\nORBIT_TOKEN\n\nSee the manual.', 'ORBIT_URL + ORBIT_TOKEN'],
    [
      '================\n Missing environment variables:\n    ORBIT_URL: Address (eg. "https://x")\n================',
      'ORBIT_URL',
    ],
    ['Configuration incomplete, values missing:\n  • ORBIT_URL\n  • ORBIT_REGION (optional)', 'ORBIT_URL'],
  ])('%j is a list', (text, expected) => {
    expect(needsOf(text)).toBe(expected);
  });

  test.each([
    'Warning: ORBIT_REGION is not set, using the default',
    'ORBIT_CACHE not set; caching disabled',
    'info: ORBIT_PROXY is optional',
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'orbit', it is missing",
    'node:internal MODULE_NOT_FOUND required by',
    "Error: connect refused { code: 'ORBIT_NOT_REACHABLE', missing: true }",
    'Orbit server is listening',
    '    at requireToken (/srv/orbit/TOKEN_MISSING.js:3:9)',
  ])('%j demands nothing', (text) => {
    expect(needsOf(text)).toBe('');
  });

  test('a known variable counts without an underscore and in lower case', () => {
    expect(needsOf('APIKEY must be set', ['APIKEY'])).toBe('APIKEY');
    expect(needsOf('api_key is required', ['api_key'])).toBe('api_key');
  });
});

test('mentions a variable near a demand, without taking it for a need', () => {
  expect(readFirstWords(['Some settings are missing', 'ORBIT_TOKEN'], [])).toEqual({
    needs: [],
    modes: [],
    mentioned: ['ORBIT_TOKEN'],
  });
});

test('finds no word in a name with characters of expressions', () => {
  expect(readFirstWords(['a(b is required'], ['a(b', '[']).needs).toEqual([[{ kind: 'variable', name: 'a(b' }]]);
});

describe('validators', () => {
  test.each([
    [
      '[\n  {\n    "code": "invalid_type",\n    "expected": "string",\n    "received": "undefined",\n    "path": [\n      "ORBIT_KEY"\n    ],\n    "message": "Required"\n  }\n]',
      'ORBIT_KEY',
    ],
    [
      'ZodError: [ { "expected": "string", "code": "invalid_type", "path": [ "ORBIT_KEY" ], "message": "Invalid input: expected string, received undefined" } ]',
      'ORBIT_KEY',
    ],
    ['✖ Invalid input: expected string, received undefined\n  → at ORBIT_KEY', 'ORBIT_KEY'],
    [
      "❌ Invalid environment variables: { ORBIT_KEY: [ 'Required' ], ORBIT_URL: [ 'Required' ] }",
      'ORBIT_KEY + ORBIT_URL',
    ],
    ["{ _errors: [], ORBIT_KEY: { _errors: [ 'Invalid input: expected string, received undefined' ] } }", 'ORBIT_KEY'],
    ['{"formErrors":[],"fieldErrors":{"ORBIT_KEY":["Required"]}}', 'ORBIT_KEY'],
    ["  { code: 'invalid_type', path: [ 'ORBIT_KEY' ], message: 'Required' }", 'ORBIT_KEY'],
    [
      'Traceback (most recent call last):\n  File "/srv/orbit/main.py", line 3, in <module>\n    key = os.environ["ORBIT_KEY"]\nKeyError: \'ORBIT_KEY\'',
      'ORBIT_KEY',
    ],
    [
      'pydantic_core._pydantic_core.ValidationError: 2 validation errors for Settings\norbit_key\n  Field required [type=missing, input_value={}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2/v/missing\norbit_url\n  Field required [type=missing, input_value={}, input_type=dict]',
      'ORBIT_KEY + ORBIT_URL',
    ],
    ['ValidationError: "ORBIT_KEY" is required', 'ORBIT_KEY'],
    ["data must have required property 'ORBIT_KEY'", 'ORBIT_KEY'],
    ['required key ORBIT_KEY missing value', 'ORBIT_KEY'],
    ['Error: ORBIT_KEY: NotPresent', 'ORBIT_KEY'],
  ])('%j names the setting', (text, expected) => {
    expect(needsOf(text)).toBe(expected);
  });

  test('finds the known variable of a setting that a prefix completes', () => {
    const text = '1 validation error for Settings\napi_key\n  Field required [type=missing]';
    expect(needsOf(text, ['ORBIT_API_KEY', 'ORBIT_URL'])).toBe('ORBIT_API_KEY');
  });

  test('ignores values that are wrong in another way than absent', () => {
    expect(needsOf('{ "code": "custom", "path": ["ORBIT_MODE"], "message": "Unknown mode" }')).toBe('');
  });
});

describe('parsers of command lines', () => {
  test.each([
    ["error: required option '-t, --token <value>' not specified", '--token'],
    ["error: missing required argument 'path'", '<path>'],
    [
      'orbit <command>\n\nOptions:\n  --token  Token  [string] [required]\n\nMissing required argument: token',
      '--token',
    ],
    ['Missing required arguments: token, base-url', '--token + --base-url'],
    [
      'usage: orbit [-h] --token TOKEN path\norbit: error: the following arguments are required: --token, path',
      '--token + <path>',
    ],
    ['orbit: error: one of the arguments --token --key-file is required', '--token|--key-file'],
    ["Usage: orbit [OPTIONS]\nTry 'orbit --help' for help.\n\nError: Missing option '--api-key' / '-k'.", '--api-key'],
    ["│ Missing argument 'PATH'. │", '<path>'],
    [
      'error: the following required arguments were not provided:\n  --api-key <API_KEY>\n  <PATH>\n\nUsage: orbit --api-key <API_KEY> <PATH>',
      '--api-key + <path>',
    ],
    ['Error: required flag(s) "api-key", "url" not set', '--api-key + --url'],
    ['orbit: error: missing flags: --token=STRING', '--token'],
    [' ›   Error: Missing required flag api-key', '--api-key'],
    ['Missing 1 required arg:\nfile  the file to read\nSee more help with --help', '<file>'],
    ['Usage: orbit-mcp <allowed-directory> [more-directories...]', '<allowed-directory>'],
    ['Usage: orbit-mcp --port <port> <vault path>', '<vault-path>'],
    ['Usage: orbit [options]\n\nOptions:\n  --url <url>   Address (required)\n  --debug       More output', '--url'],
    ['Usage: orbit\n\nEnvironment:\n  ORBIT_TOKEN   Your token (required)\n  ORBIT_DEBUG   More output', 'ORBIT_TOKEN'],
  ])('%j names the argument', (text, expected) => {
    expect(needsOf(text)).toBe(expected);
  });

  test('takes the place of a command for no argument', () => {
    expect(
      needsOf('usage: orbit [-h] {login,serve} ...\norbit: error: the following arguments are required: command'),
    ).toBe('');
  });
});

describe('usage texts', () => {
  test.each([
    [
      'Usage: orbit [options] [command]\n\nOptions:\n  -V, --version   output the version number\n\nCommands:\n  login           Sign in\n  mcp [options]   Start the MCP server\n  help [command]  display help for command',
      ['mcp'],
    ],
    [
      'orbit <command>\n\nCommands:\n  orbit init   Create a file\n  orbit serve  Start the server\n\nOptions:\n  --help  Show help',
      ['serve'],
    ],
    ['usage: orbit [-h] {init,serve,stdio} ...', ['stdio', 'serve']],
    [
      'Usage: orbit [OPTIONS] COMMAND [ARGS]...\n\nCommands:\n  http   Serve over HTTP.\n  stdio  Serve over stdio.',
      ['stdio'],
    ],
    ['Usage: orbit <COMMAND>\n\nCommands:\n  start  Start the server\n  help   Print this message', ['start']],
    [
      'Usage:\n  orbit [command]\n\nAvailable Commands:\n  completion  Generate a script\n  run         Run the server over standard input\n',
      ['run'],
    ],
    ['Usage: orbit [stdio|http]', ['stdio']],
    ['Usage: orbit [options]\n\nOptions:\n  --stdio        speak stdio\n  --port <n>     listen', ['--stdio']],
    ['Usage: orbit\n  --transport <type>  one of stdio, http (default: http)', ['--transport stdio']],
    ['Usage: orbit\n  --transport <type>  one of stdio, http (default: stdio)', []],
    ['USAGE\n  $ orbit [COMMAND]\n\nCOMMANDS\n  auth  Sign in\n  bridge  Starts the MCP server on stdio', ['bridge']],
  ])('%j offers %j', (text, expected) => {
    expect(modesOf(text)).toEqual(expected);
  });
});

test('reads a long output in little time', () => {
  const lines = Array.from(
    { length: 5_000 },
    (_, index) => `${'A_'.repeat(2_000)} is required ${index} --${'x-'.repeat(500)}`,
  );
  const begun = performance.now();
  readFirstWords(lines, ['A_KEY']);
  expect(performance.now() - begun).toBeLessThan(2_000);
});
