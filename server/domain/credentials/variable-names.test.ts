import { expect, test } from 'vitest';
import { findVariableNameProblem } from './variable-names.ts';

test.each([
  'NODE_OPTIONS',
  'node_options',
  'NODE_PATH',
  'NODE_EXTRA_CA_CERTS',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'DYLD_INSERT_LIBRARIES',
  'npm_config_registry',
  'NPM_CONFIG_SCRIPT_SHELL',
  'CATWALK_TOKEN',
  'catwalk_x',
  'PATH',
  'HOME',
  'TMPDIR',
  'SHELL',
  'IFS',
  'BASH_ENV',
  'ENV',
  'PROMPT_COMMAND',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'PYTHONHOME',
  'PIP_INDEX_URL',
  'UV_INDEX_URL',
  'GIT_SSH_COMMAND',
  'PERL5LIB',
  'PERL5OPT',
  'RUBYOPT',
  'RUBYLIB',
  'JAVA_TOOL_OPTIONS',
  '_JAVA_OPTIONS',
  'GCONV_PATH',
  'BASH_FUNC_x',
])('refuses %s, which changes how programs load', (name) => {
  expect(findVariableNameProblem(name)).not.toBeNull();
});

test.each([
  'API_KEY',
  'GITHUB_TOKEN',
  'HOME_ASSISTANT_URL',
  'PATH_PREFIX',
  'NODE_ENV',
  'ENVIRONMENT',
  'http_proxy',
  'a.b-c',
])('%s is anybody’s', (name) => {
  expect(findVariableNameProblem(name)).toBeNull();
});

test.each(['', '1A', 'A B', 'A=B', 'A\0', 'A\nB', 'é', 'A'.repeat(129)])('%j is no name', (name) => {
  expect(findVariableNameProblem(name)).toBe('malformed');
});
