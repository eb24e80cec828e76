import { expect, test } from 'vitest';
import {
  describeRedirect,
  isAllowedRedirectUri,
  isLoopback,
  matchesRedirectUri,
  withoutLoopbackPort,
} from './redirect-uri.ts';

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
  `https://example.com/${'x'.repeat(1_980)}`,
])('a redirect to %s is allowed', (uri) => {
  expect(isAllowedRedirectUri(uri)).toBe(true);
});

test.each([
  'http://example.com/callback',
  'https://user:password@example.com/',
  'https://example.com/#fragment',
  'https://example.com/#',
  'https://user@example.com/',
  'https://:password@example.com/',
  `https://example.com/${'x'.repeat(1_981)}`,
  'data:text/html,x',
  'file:///etc/hosts',
  'wss://example.com',
  'chrome://settings',
  'org.gnome.x:y',
  'windows-feedback:x',
  'moz-extension://x',
  'com.apple.x:y',
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

const SCHEMES_OF_SYSTEMS = `
  javascript data vbscript file blob about filesystem view-source ws wss ftp chrome resource mailto tel callto
  sms smsto mms mmsto facetime facetime-audio sip sips xmpp intent android-app market content geo maps itms
  itms-apps itms-services webcal help hcp search search-ms shell res mk mhtml jar prefs app-settings x-apple
  x-help-script applescript shortcuts workflow afp smb nfs dav davs sftp ssh telnet rlogin vnc rdp ldap ldaps
  news nntp snews gopher irc ircs magnet steam apt dict man info ghelp trash admin microsoft-edge bingmaps
`;

test.each(SCHEMES_OF_SYSTEMS.trim().split(/\s+/))(
  'the scheme %s belongs to a browser or a system, and is refused',
  (scheme) => {
    expect(isAllowedRedirectUri(`${scheme}:x`)).toBe(false);
  },
);

test.each([
  ['http://127.0.0.1:33418/cb', 'http://127.0.0.1/cb'],
  ['http://localhost:1/', 'http://localhost/'],
  ['https://localhost:8443/cb', 'https://localhost:8443/cb'],
  ['http://example.com:8080/cb', 'http://example.com:8080/cb'],
  ['cursor://x:1/y', 'cursor://x:1/y'],
])('registers %s as %s', (given, kept) => {
  expect(withoutLoopbackPort(given)).toBe(kept);
});

test.each([
  ['http://127.0.0.1/cb', 'http://127.0.0.1:50000/cb', true],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:50000/other', false],
  ['http://127.0.0.1/cb', 'http://localhost/cb', false],
  ['https://client.example/cb', 'https://client.example/cb', true],
  ['https://client.example/cb', 'https://client.example/cb?a=1', false],
  ['https://client.example/cb', 'https://client.example:444/cb', false],
  ['http://client.example/cb', 'http://client.example/cb', false],
])('for %s the address %s matches: %s', (registered, given, expected) => {
  expect(matchesRedirectUri(['https://other.example/cb', registered], given)).toBe(expected);
});

test.each([
  ['http://localhost:1/cb', true, 'an app on this computer'],
  ['https://localhost/cb', false, 'localhost'],
  ['https://client.example:8443/cb', false, 'client.example:8443'],
  ['cursor://x/cb', false, 'the app for cursor://'],
])('%s leads to a program on the computer of the person: %s, described as %s', (text, expected, words) => {
  expect(isLoopback(text)).toBe(expected);
  expect(describeRedirect(text)).toBe(words);
});
