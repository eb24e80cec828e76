import { expect, test } from 'vitest';
import { variablesIn } from './pasted-variables.ts';

test('reads the variables of every server in a configuration, except placeholders', () => {
  const text = JSON.stringify({
    mcpServers: {
      fire: { command: 'npx', args: ['-y', 'firecrawl-mcp'], env: { FIRECRAWL_API_KEY: 'fc-1', MODE: 'YOUR_MODE' } },
      brave: { command: 'npx', args: [], env: { BRAVE_API_KEY: '<key>', RETRIES: 3 } },
    },
  });
  expect(variablesIn(text)).toEqual({ pairs: [{ name: 'FIRECRAWL_API_KEY', value: 'fc-1' }], servers: 2 });
});

test('reads a block without its outer braces, and nothing from other texts', () => {
  expect(variablesIn('"fire": { "command": "npx", "env": { "A": "1" } }').pairs).toEqual([{ name: 'A', value: '1' }]);
  expect(variablesIn('firecrawl-mcp').pairs).toEqual([]);
  expect(variablesIn('{ broken').pairs).toEqual([]);
});
