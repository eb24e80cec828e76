import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { WaitingForClient } from './WaitingForClient.tsx';

const show = ({ clients = [] as string[], lastCall = null as string | null } = {}) =>
  renderPage(<WaitingForClient databaseId="d1" label="Claude Code" announces={/^claude-code/i} />, {
    respond: () => ({
      deployment: {
        __typename: 'Deployment',
        id: 'd1',
        toolCount: 13,
        calls: {
          __typename: 'CallConnection',
          edges:
            lastCall === null
              ? []
              : [{ __typename: 'CallEdge', node: { __typename: 'Call', id: '1', clientName: lastCall } }],
        },
        live: {
          __typename: 'LiveMachine',
          clients: clients.map((name) => ({ __typename: 'LiveClient', name, sessions: 1 })),
        },
      },
    }),
  });

test('waits for the chosen client while others are connected', async () => {
  show({ clients: ['cursor-vscode'] });
  expect(await screen.findByText('Waiting for Claude Code…')).toBeDefined();
});

test('says that the client is connected and how many tools it sees', async () => {
  show({ clients: ['cursor-vscode', 'claude-code'] });
  expect(await screen.findByText('Claude Code: Connected, 13 tools')).toBeDefined();
});

test('recognizes a client without a session by its last call', async () => {
  show({ lastCall: 'claude-code' });
  expect(await screen.findByText('Claude Code: Connected, 13 tools')).toBeDefined();
});
