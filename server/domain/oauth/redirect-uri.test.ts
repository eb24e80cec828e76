import { expect, test } from 'vitest';
import { isAllowedRedirectUri } from './redirect-uri.ts';

test.each([
  'https://claude.ai/api/mcp/auth_callback',
  'http://127.0.0.1:33418/',
  'http://[::1]:7/callback',
  'http://localhost/callback',
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'vscode://vscode.github-authentication/did-authenticate',
  'vscode-insiders://x/y',
  'windsurf://callback',
  'zed://oauth',
  'com.example.app:/oauth2redirect',
])('a redirect to %s is allowed', (uri) => {
  expect(isAllowedRedirectUri(uri)).toBe(true);
});

test.each([
  'http://example.com/callback',
  'https://user:password@example.com/',
  'https://example.com/#fragment',
  'javascript:alert(1)',
  'mailto:a@example.com',
  'TEL:+1',
  'sms:+1',
  'help:x',
  'intent://x#Intent;end'.replace(/#.*/, ''),
  'ms-settings:privacy',
  'MS-Word:ofe',
  'search-ms:query=x',
  'x-apple.systempreferences:com.apple',
  'itms-services://x',
  'smb://host/share',
  'ssh://host',
  'shortcuts://run-shortcut',
  'not an address',
])('a redirect to %s is refused', (uri) => {
  expect(isAllowedRedirectUri(uri)).toBe(false);
});
