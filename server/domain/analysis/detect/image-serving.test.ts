import { describe, expect, test } from 'vitest';
import { readImageConfig } from '#deploy/host/images/image-config.ts';
import { type ImageLaunch, imageServing } from './image-serving.ts';

const configOf = (config: Record<string, unknown>) => readImageConfig({ config });
const launchOf = (launch: Partial<ImageLaunch> = {}): ImageLaunch => ({
  hasInput: true,
  args: [],
  entrypoint: null,
  values: {},
  ...launch,
});

const PORT = { ExposedPorts: { '8082/tcp': {} } };

describe('an image serves HTTP', () => {
  test('when its program or its variables choose the transport', () => {
    const words = configOf({ Entrypoint: ['/notes'], Cmd: ['--transport', 'streamable-http', '--port', '8000'] });
    expect(imageServing(words, {})).toEqual({ portFlag: '--port' });
    const variable = configOf({ Cmd: ['/notes'], Env: ['MCP_TRANSPORT=http', 'MCP_PORT=8000', 'HOST=0.0.0.0'] });
    expect(imageServing(variable, {})).toEqual({ portVariables: ['MCP_PORT'], hostVariables: ['HOST'] });
  });

  test('when the pasted line gives it a port and no standard input', () => {
    const config = configOf({ Cmd: ['/notes'], ...PORT });
    expect(imageServing(config, { launch: launchOf({ hasInput: false }) })).toEqual({});
    expect(imageServing(config, { launch: launchOf() })).toBeNull();
    expect(imageServing(configOf({ Cmd: ['/notes'] }), { launch: launchOf({ hasInput: false }) })).toBeNull();
  });

  test('when the line chooses the transport of a program that could speak stdio', () => {
    const config = configOf({ Entrypoint: ['/notes'], Cmd: ['stdio'] });
    expect(imageServing(config, { launch: launchOf({ args: ['http'] }) })).toEqual({});
    expect(imageServing(config, { launch: launchOf({ values: { NOTES_TRANSPORT: 'sse' } }) })).toEqual({});
  });

  test('when its registry entry, or the code that it was built from, knows nothing else', () => {
    const config = configOf({ Cmd: ['/notes'] });
    expect(imageServing(config, { declaresHttp: true })).toEqual({});
    expect(imageServing(config, {}, { portVariables: ['MCP_PORT'], paths: ['/v1/mcp'] })).toEqual({
      portVariables: ['MCP_PORT'],
      paths: ['/v1/mcp'],
    });
  });
});

describe('an image speaks stdio', () => {
  test('when nothing says otherwise, whatever ports it exposes', () => {
    expect(imageServing(configOf({ Cmd: ['/notes'], ...PORT }), {})).toBeNull();
  });

  test('when its program or a variable says so, also for an entry or code that knows HTTP', () => {
    const word = configOf({ Entrypoint: ['/notes'], Cmd: ['--transport=stdio'], ...PORT });
    expect(imageServing(word, { declaresHttp: true })).toBeNull();
    const variable = configOf({ Cmd: ['/notes'], Env: ['MCP_TRANSPORT=stdio'] });
    expect(imageServing(variable, {}, { paths: ['/mcp'] })).toBeNull();
  });

  test('when the line starts another program of it', () => {
    const config = configOf({ Entrypoint: ['/notes'], Cmd: ['--transport', 'sse'] });
    expect(imageServing(config, { launch: launchOf({ entrypoint: '/other' }) })).toBeNull();
  });
});
