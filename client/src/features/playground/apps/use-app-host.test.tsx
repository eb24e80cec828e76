import { screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../../testing/render.testing.tsx';
import type { CapabilityRequest } from '../capabilities.ts';
import { DestructiveDialog } from '../DestructiveDialog.tsx';
import type { AppHost } from './connect-app.ts';
import { useAppHost } from './use-app-host.ts';

const signal = new AbortController().signal;
const TOOLS = new Map([
  ['look', { isForApps: true, isDestructive: false }],
  ['wipe', { isForApps: true, isDestructive: true }],
  ['secret', { isForApps: false, isDestructive: false }],
]);

function rendered() {
  const sent: CapabilityRequest[] = [];
  let host: Omit<AppHost, 'onHeight'> | undefined;
  function Host() {
    const app = useAppHost({
      tools: {
        find: (name) => TOOLS.get(name),
        call: async (request) => {
          sent.push(request);
          return { content: [] };
        },
      },
      readResource: async () => ({ contents: [] }),
    });
    host = app.host;
    return (
      <DestructiveDialog
        request={app.asked}
        onClose={() => app.answerCall(false)}
        onConfirm={() => app.answerCall(true)}
      />
    );
  }
  const view = renderPage(<Host />);
  if (!host) throw new Error('The component was not rendered.');
  return { ...view, host, sent };
}

test('a tool that is not destructive is called without a question', async () => {
  const { host, sent } = rendered();
  await host.callTool('look', { at: 1 }, signal);
  expect(sent.map(({ name, args }) => [name, args])).toEqual([['look', { at: 1 }]]);
});

test('a tool that is not for apps, or unknown, is not called', async () => {
  const { host, sent } = rendered();
  await expect(host.callTool('secret', {}, signal)).rejects.toThrow('no tool secret to apps');
  await expect(host.callTool('other', {}, signal)).rejects.toThrow('no tool other to apps');
  expect(sent).toEqual([]);
});

test('a destructive tool is called after the user agrees, and not after the user declines', async () => {
  const { host, sent, user } = rendered();
  const outcomes: string[] = [];
  const call = () =>
    void host.callTool('wipe', { folder: 'attic' }, signal).then(
      () => outcomes.push('called'),
      (error: Error) => outcomes.push(error.message),
    );
  call();
  expect(sent).toEqual([]);
  await user.click(await screen.findByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(outcomes).toEqual(['The user declined the call.']));
  call();
  await user.click(await screen.findByRole('button', { name: 'Call' }));
  await waitFor(() => expect(outcomes).toEqual(['The user declined the call.', 'called']));
  expect(sent.map(({ name }) => name)).toEqual(['wipe']);
});

test('a question of an app that is no longer shown is answered with no', async () => {
  const { host, unmount } = rendered();
  const outcome = host.callTool('wipe', {}, signal);
  unmount();
  await expect(outcome).rejects.toThrow('declined');
});

test('an app opens web addresses alone', async () => {
  const { host } = rendered();
  expect(await host.openLink('javascript:alert(1)')).toBe(false);
  expect(await host.openLink('file:///etc/hosts')).toBe(false);
});
