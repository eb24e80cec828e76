import { expect, test } from 'vitest';
import { detectLocalNeed } from './local-needs.ts';

const need = (
  files: Record<string, string>,
  more: { name?: string; description?: string; platforms?: string[] } = {},
) =>
  detectLocalNeed({
    name: more.name ?? 'x-mcp',
    description: more.description ?? null,
    platforms: more.platforms ?? [],
    files: {
      files: Object.entries(files).map(([path, text]) => ({ path, text })),
      paths: Object.keys(files),
      truncated: false,
    },
  });

test.each([
  ['package.json that leaves Linux out', {}, { platforms: ['darwin'] }, 'macOS'],
  ['package.json that excludes Linux', {}, { platforms: ['!linux'] }, 'other systems'],
  ['a macOS module', { 'pyproject.toml': '[project]\ndependencies = [\n  "mcp",\n  "pyobjc-core",\n]' }, {}, 'macOS'],
  [
    'words, borne out by the code',
    { 'README.md': '**macOS only.**', 'index.js': 'exec("osascript -e x")' },
    {},
    'macOS',
  ],
  [
    'an entry of the requirements, borne out by the code',
    { 'README.md': '## Requirements\n\n- macOS with the program installed\n', 'index.js': 'execFile("osascript", [])' },
    {},
    'macOS',
  ],
])('one operating system: %s', (_, files, more, platform) => {
  expect(need(files, more)).toMatchObject({ kind: 'platform', message: expect.stringContaining(platform) });
});

test('a desktop program on the same computer', () => {
  const readme = '# BlenderMCP\n\nInstall the addon in Blender and keep Blender running.';
  expect(need({ 'README.md': readme }, { name: 'blender-mcp' })).toMatchObject({
    kind: 'app',
    message: expect.stringContaining('Blender'),
    evidence: { kind: 'README', line: 3 },
  });
});

test('a login on a screen: a QR code, or a browser that comes back to a port of its own', () => {
  expect(need({ 'README.md': 'On the first run, scan the QR code with your phone.' })).toMatchObject({ kind: 'login' });
  const python = 'flow = InstalledAppFlow.from_client_secrets_file(f)\ncreds = flow.run_local_server(port=0)\n';
  expect(need({ 'README.md': 'Your browser opens so that you can sign in.', 'auth.py': python })).toMatchObject({
    kind: 'browser',
    evidence: { kind: 'SOURCE_CODE', file: 'auth.py', line: 1 },
  });
});

test('a code that is entered on any computer needs no browser where the server runs', () => {
  const readme = 'Your browser opens so that you can sign in.';
  const code = 'import open from "open";\nconst back = "http://localhost:4000/callback";';
  expect(need({ 'README.md': readme, 'index.js': code })).toMatchObject({ kind: 'browser' });
  expect(need({ 'README.md': readme, 'index.js': `${code}\napp.acquireTokenByDeviceCode(request);` })).toBeNull();
});

test.each([
  ['a module that only one platform installs', { 'pyproject.toml': '"pyobjc-core; sys_platform == \'darwin\'"' }, {}],
  ['several systems', { 'README.md': 'Requires macOS or Linux', 'index.js': 'osascript' }, {}],
  ['installation notes', { 'README.md': 'On Windows only: use cmd /c npx', 'index.js': '' }, {}],
  ['an API of the same maker', { 'README.md': 'Reads Unity Cloud builds over its API.' }, { name: 'unity-cloud-mcp' }],
  ['a token instead of the login', { 'README.md': 'Sign in to the dashboard in your browser and copy the token.' }, {}],
  [
    'an OAuth server of its own',
    { 'README.md': 'OAuth in the browser', 'index.js': 'const u = "http://localhost:3000/oauth/callback"' },
    {},
  ],
])('no such need: %s', (_, files, more) => expect(need(files, more)).toBeNull());

test('a list of systems, and an entry that no code bears out, prove nothing', () => {
  expect(need({ 'README.md': '- macOS 14, or Linux\n', 'index.js': 'execFile("osascript", [])' })).toBeNull();
  expect(need({ 'README.md': '- macOS 14 or later\n', 'index.js': 'run()' })).toBeNull();
});
