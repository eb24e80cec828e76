import { expect, test } from 'vitest';
import { readOrigins } from '#server/http/app-frame/policy.ts';
import { APP_MIME_TYPE, appFrameAddress, appResourceOf, appUriOf, isForApps } from './app-resource.ts';

const contentsOf = (csp: object, mimeType = APP_MIME_TYPE) => ({
  contents: [{ uri: 'ui://a', mimeType, text: '<p>App</p>', _meta: { ui: { csp } } }],
});

test('finds the app of a tool in both spellings, and none outside ui://', () => {
  expect(appUriOf({ ui: { resourceUri: 'ui://a' } })).toBe('ui://a');
  expect(appUriOf({ 'ui/resourceUri': 'ui://b' })).toBe('ui://b');
  expect(appUriOf({ ui: { resourceUri: 'https://a.example' } })).toBeNull();
  expect(appUriOf(undefined)).toBeNull();
});

test('a tool for models alone is not for apps', () => {
  expect(isForApps({ ui: { visibility: ['model'] } })).toBe(false);
  expect(isForApps({ ui: { visibility: ['app'] } })).toBe(true);
  expect(isForApps({})).toBe(true);
});

test('separates the origins that a frame allows from those that it refuses', () => {
  const app = appResourceOf(
    contentsOf({
      connectDomains: ['https://api.example.com/', 'http://localhost:9000', 'https://10.0.0.1'],
      resourceDomains: ['https://*.example.com', 'https://cdn.example.com', 'https://a.example; script-src *'],
      frameDomains: ['https://video.example'],
    }),
  );
  expect(app).toEqual({
    html: '<p>App</p>',
    connect: ['https://api.example.com'],
    resource: ['https://*.example.com', 'https://cdn.example.com'],
    refused: ['http://localhost:9000', 'https://10.0.0.1', 'https://a.example; script-src *', 'https://video.example'],
  });
});

test('the frame accepts every origin that the playground would ask for', () => {
  const app = appResourceOf(
    contentsOf({
      connectDomains: ['https://a.example', 'wss://*.b.example:8443', 'https://-c.example', 'https://d_e.example'],
    }),
  );
  const query = new URL(appFrameAddress(app), 'http://localhost').searchParams;
  expect(query.getAll('connect')).toEqual(['https://a.example', 'wss://*.b.example:8443']);
  expect(readOrigins(query.getAll('connect'))).toEqual(app.connect);
});

test('a page of another type is not an app', () => {
  expect(() => appResourceOf(contentsOf({}, 'text/html'))).toThrow('does not have the type');
});

test('reads an app that arrives as bytes', () => {
  const blob = btoa(String.fromCharCode(...new TextEncoder().encode('<p>Größe</p>')));
  expect(appResourceOf({ contents: [{ uri: 'ui://a', mimeType: APP_MIME_TYPE, blob }] }).html).toBe('<p>Größe</p>');
});
