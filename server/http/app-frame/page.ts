/**
 * The sandbox proxy of MCP Apps (2026-01-26, "Sandbox proxy"): it receives the app's HTML from the dashboard, loads it
 * into an inner frame, and passes messages between the two. It takes messages from the page around it, if that page is of
 * this server, and from the inner frame; messages of others are ignored. The inner frame cannot leave its document: the
 * policy allows no address in a frame.
 */
const PROXY_SCRIPT = `
const home = location.origin;
let inner = null;
addEventListener('message', ({ source, origin, data }) => {
  if (source === parent && origin === home) {
    if (data?.method === 'ui/notifications/sandbox-resource-ready' && typeof data.params?.html === 'string') {
      if (inner) return;
      inner = document.createElement('iframe');
      inner.title = 'App';
      inner.setAttribute('sandbox', 'allow-scripts allow-forms');
      inner.srcdoc = data.params.html;
      document.body.append(inner);
    } else inner?.contentWindow?.postMessage(data, '*');
  } else if (inner && source === inner.contentWindow) {
    if (!String(data?.method).startsWith('ui/notifications/sandbox-')) parent.postMessage(data, home);
  }
});
parent.postMessage({ jsonrpc: '2.0', method: 'ui/notifications/sandbox-proxy-ready', params: {} }, home);
`;

export const APP_FRAME_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>App</title>
<style>
html, body, iframe { margin: 0; width: 100%; height: 100%; border: 0; background: transparent; }
body { overflow: hidden; }
iframe { display: block; }
</style>
<body>
<script>${PROXY_SCRIPT}</script>
`;
