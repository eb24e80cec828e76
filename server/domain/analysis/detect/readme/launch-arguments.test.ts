import { expect, test } from 'vitest';
import { targetOf } from '../../source/target.ts';
import { argumentsOfLaunches } from './launch-arguments.ts';
import { detectLaunches } from './launches.ts';

function fixedIn(...blocks: string[]): string[] {
  const text = blocks.map((block) => `\`\`\`${block.startsWith('{') ? 'json' : 'bash'}\n${block}\n\`\`\``).join('\n\n');
  const found = detectLaunches({ files: [{ path: 'README.md', text }], paths: [], truncated: false });
  const own = found.flatMap((one) => {
    const target = targetOf(one.launch);
    return target ? [{ ...one, target }] : [];
  });
  return argumentsOfLaunches(own).fixed;
}
const settings = (...args: string[]) =>
  JSON.stringify({ mcpServers: { a: { command: 'npx', args: ['-y', 'a', ...args] } } });

test.each([
  [
    ['server', 'start'],
    ['server', 'start'],
  ],
  [
    ['mcp', 'start', '--stdio'],
    ['mcp', 'start', '--stdio'],
  ],
  [['stdio'], ['stdio']],
  [['run', '/path/to/folder'], ['run']],
  [['--verbose', 'run'], []],
  [['<token>'], []],
])('sets the subcommands of %j', (args, fixed) => {
  expect(fixedIn(settings(...args))).toEqual(fixed);
});

test('sets only the subcommands that all launches share', () => {
  expect(fixedIn(settings('mcp', 'start'), settings('mcp', 'serve'))).toEqual(['mcp']);
  expect(fixedIn(settings('start'), settings())).toEqual([]);
});

test('settings of a client outweigh a line of a shell and a container', () => {
  const container = 'docker run -i --rm -e A_URL example/a:latest';
  expect(fixedIn(settings('stdio'), 'npx -y a login', container)).toEqual(['stdio']);
});
