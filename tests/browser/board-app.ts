/**
 * An MCP app in one file, without a library: it shows the arguments and the result of its call, lists what the frame keeps
 * from it, and has buttons that call tools of its server.
 */
export const BOARD_APP = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Board</title><style>body { font: 14px sans-serif; margin: 8px; }</style></head>
<body>
<h1 id="title">Waiting</h1>
<p id="theme"></p>
<ul id="walls" aria-label="Walls"></ul>
<button id="measure">Measure</button> <button id="wipe">Wipe</button> <button id="hidden">Unknown tool</button>
<p id="answer" role="status"></p>
<script>
const waiting = new Map();
let last = 0;
const send = (message) => parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
const request = (method, params) => new Promise((resolve, reject) => {
  last += 1;
  waiting.set(last, { resolve, reject });
  send({ id: last, method, params });
});
const show = (id, text) => { document.getElementById(id).textContent = text; };
addEventListener('message', ({ data, source }) => {
  if (source !== parent) return;
  const { id, method, params, result, error } = data;
  if (method === undefined && waiting.has(id)) return error ? waiting.get(id).reject(new Error(error.message)) : waiting.get(id).resolve(result);
  if (method === 'ui/notifications/tool-input') show('title', 'Board: ' + params.arguments.title);
  if (method === 'ui/notifications/tool-result') show('answer', params.content[0].text);
  if (method === 'ui/notifications/host-context-changed') show('theme', params.theme);
});
const attempts = {
  cookies: () => document.cookie,
  storage: () => localStorage.length,
  'the page around it': () => top.document.title,
  'its frame': () => parent.document.title,
  'the address of the page': () => { top.location.href = 'about:blank'; },
  'the API': () => fetch('/graphql'),
  'a script of another address': () => new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = 'https://cdn.example/app.js';
    script.onload = resolve;
    script.onerror = () => reject(new Error('blocked'));
    document.head.append(script);
  }),
};
const call = async (name, args) => {
  try {
    const { content } = await request('tools/call', { name, arguments: args });
    show('answer', content[0].text);
  } catch (error) {
    show('answer', error.message);
  }
};
document.getElementById('measure').addEventListener('click', () => call('weather', {}));
document.getElementById('wipe').addEventListener('click', () => call('wipe', { folder: 'attic' }));
document.getElementById('hidden').addEventListener('click', () => call('nothing', {}));
const appInfo = { name: 'board', version: '1.0.0' };
request('ui/initialize', { appInfo, appCapabilities: {}, protocolVersion: '2026-01-26' }).then(async ({ hostContext }) => {
  show('theme', hostContext.theme);
  send({ method: 'ui/notifications/initialized' });
  send({ method: 'ui/notifications/size-changed', params: { height: document.documentElement.scrollHeight } });
  for (const [name, attempt] of Object.entries(attempts)) {
    let outcome = 'reached';
    try { await attempt(); } catch { outcome = 'walled off'; }
    const item = document.createElement('li');
    item.textContent = name + ': ' + outcome;
    document.getElementById('walls').append(item);
  }
});
</script>
</body></html>`;
