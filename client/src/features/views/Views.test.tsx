import { screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { createDraftStore } from '../../drafts/draft-store.ts';
import { createTabStorage } from '../../drafts/tab-storage.ts';
import { makeFragmentData } from '../../generated/index.ts';
import { renderPage } from '../../testing/render.testing.tsx';
import { FreshTokensProvider } from '../tokens/FreshTokensProvider.tsx';
import { Views, ViewsFragment } from './Views.tsx';

const EFFECT = {
  __typename: 'ViewEffect',
  toolsBefore: 2,
  toolsAfter: 2,
  tokensBefore: 900,
  tokensAfter: 900,
  notes: [],
};
const NO_RULES = {
  tools: { allow: null, deny: [] as string[], changes: {} },
  prompts: { allow: null, deny: [] },
  resources: { allow: null, deny: [] },
  instructions: null,
};
const VIEW = {
  __typename: 'View',
  id: 'v1',
  name: 'triage',
  url: 'https://catwalk.example/api/mcp/d1/v/triage',
  rules: NO_RULES,
  revision: 1,
  updatedAt: new Date(0).toISOString(),
  effect: EFFECT,
};
const DEPLOYMENT = {
  __typename: 'Deployment',
  id: 'd1',
  databaseId: 'd1-database',
  name: 'Issues',
  access: 'TOKEN',
  viewerRole: 'OWN',
  currentRelease: { __typename: 'Release', id: 'r1', runtime: 'NPM', instructions: 'Use delete_issue with care.' },
  tools: [
    {
      name: 'get_issue',
      description: 'Reads an issue.',
      inputSchema: {
        type: 'object',
        properties: { repo: { type: 'string' }, number: { type: 'integer' } },
        required: ['repo', 'number'],
      },
    },
    { name: 'delete_issue', description: 'Deletes an issue.', inputSchema: { type: 'object' } },
  ],
  prompts: [{ name: 'summarize', description: null }],
  resources: [{ uri: 'docs://readme', name: 'readme' }],
  views: [VIEW],
  accessTokens: [],
};

type Shown = Partial<typeof DEPLOYMENT>;

function Page({ shown }: { shown: Shown }) {
  const [deployment, setDeployment] = useState({ ...DEPLOYMENT, ...shown });
  return (
    <FreshTokensProvider>
      <Views
        // The test gives the whole of what the fragments select.
        deployment={makeFragmentData(deployment as never, ViewsFragment)}
        onChanged={async () => setDeployment({ ...deployment })}
      />
    </FreshTokensProvider>
  );
}

const open = async (shown: Shown = {}, drafts?: ReturnType<typeof createDraftStore>) => {
  const page = renderPage(<Page shown={shown} />, {
    ...(drafts ? { drafts } : {}),
    respond: ({ name, variables }) => {
      if (name === 'ViewEffect') {
        const { tools } = variables['rules'] as typeof NO_RULES;
        const after = tools.deny.length > 0 ? { toolsAfter: 1, tokensAfter: 450 } : {};
        return { deployment: { __typename: 'Deployment', id: 'd1', viewEffect: { ...EFFECT, ...after } } };
      }
      if (name === 'SaveView') {
        const { rules } = variables['input'] as { rules: unknown };
        return { saveView: { ...VIEW, rules, revision: 2 } };
      }
      return {};
    },
  });
  await page.router.navigate('/?view=triage');
  return page;
};
const savedRules = (requests: { name: string; variables: Record<string, unknown> }[]) =>
  requests.find(({ name }) => name === 'SaveView')?.variables['input'];

const enter = async (user: Awaited<ReturnType<typeof open>>['user'], field: HTMLElement, text: string) => {
  await user.click(field);
  await user.paste(text);
};

test('a switch hides a tool, shows the effect before it is saved, and saves the rule', async () => {
  const { user, requests } = await open();
  const bar = await screen.findByRole('region', { name: 'Effect of the view' });
  await user.click(await screen.findByRole('switch', { name: 'Show delete_issue' }));
  await waitFor(() => expect(bar.textContent).toContain('450'));
  expect(bar.textContent).toContain('−50 %');
  expect(bar.textContent).toContain('Not saved');
  expect(savedRules(requests)).toBeUndefined();
  await user.click(screen.getByRole('button', { name: 'Save view' }));
  await waitFor(() =>
    expect(savedRules(requests)).toMatchObject({
      deploymentId: 'd1',
      name: 'triage',
      rules: { tools: { deny: ['delete_issue'] } },
    }),
  );
  await waitFor(() => expect(bar.textContent).not.toContain('Not saved'));
});

test('a tool is renamed, re-described, and has an argument fixed', async () => {
  const { user, requests } = await open();
  await user.click(await screen.findByRole('button', { name: 'Edit get_issue' }));
  await enter(user, screen.getByLabelText('Name in the view'), 'issue');
  await enter(user, screen.getByLabelText('Description in the view'), 'Reads one.');
  await user.click(screen.getByRole('combobox', { name: 'Who sets repo' }));
  await user.click(await screen.findByRole('option', { name: 'Fixed value' }));
  await enter(user, screen.getByRole('textbox', { name: 'Value of repo' }), 'acme/shop');
  await user.click(screen.getByRole('button', { name: 'Save view' }));
  await waitFor(() =>
    expect(savedRules(requests)).toMatchObject({
      rules: {
        tools: {
          changes: {
            get_issue: {
              name: 'issue',
              description: 'Reads one.',
              arguments: { repo: { fixed: 'acme/shop' } },
            },
          },
        },
      },
    }),
  );
});

test('a required argument that is hidden comes with a warning', async () => {
  const { user, requests } = await open();
  await user.click(await screen.findByRole('button', { name: 'Edit get_issue' }));
  await user.click(screen.getByRole('combobox', { name: 'Who sets number' }));
  await user.click(await screen.findByRole('option', { name: 'Hidden, never sent' }));
  expect(screen.getByText('Calls will fail: the server requires this argument.')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Save view' }));
  await waitFor(() =>
    expect(savedRules(requests)).toMatchObject({
      rules: { tools: { changes: { get_issue: { arguments: { number: { hidden: true } } } } } },
    }),
  );
});

test('a fixed value that is not JSON is named, and is not saved', async () => {
  const { user } = await open();
  await user.click(await screen.findByRole('button', { name: 'Edit get_issue' }));
  await user.click(screen.getByRole('combobox', { name: 'Who sets number' }));
  await user.click(await screen.findByRole('option', { name: 'Fixed value' }));
  await user.type(screen.getByRole('textbox', { name: 'Value of number' }), ',');
  expect((await screen.findByRole('alert')).textContent).toContain('The value of number of get_issue is not JSON.');
  expect((screen.getByRole('button', { name: 'Save view' }) as HTMLButtonElement).disabled).toBe(true);
});

test('keeps what is not saved when the page is left, and forgets it on request', async () => {
  const drafts = createDraftStore(createTabStorage(null));
  const first = await open({}, drafts);
  await first.user.click(await screen.findByRole('switch', { name: 'Show summarize' }));
  first.unmount();
  const again = await open({}, drafts);
  const shown = () => (screen.getByRole('switch', { name: 'Show summarize' }) as HTMLInputElement).checked;
  await screen.findByRole('switch', { name: 'Show summarize' });
  expect(shown()).toBe(false);
  await again.user.click(screen.getByRole('button', { name: 'Discard' }));
  await waitFor(() => expect(shown()).toBe(true));
});

test('a pattern hides what it matches, and its switch says so', async () => {
  const rules = { ...NO_RULES, tools: { ...NO_RULES.tools, deny: ['delete_*'] } };
  await open({ views: [{ ...VIEW, rules }] });
  const one = (await screen.findByRole('switch', { name: 'Show delete_issue' })) as HTMLInputElement;
  expect([one.checked, one.disabled]).toEqual([false, true]);
  expect(screen.getByText('hidden by delete_*')).toBeTruthy();
});

test('says when the view was saved elsewhere while it is edited', async () => {
  const drafts = createDraftStore(createTabStorage(null));
  const first = await open({}, drafts);
  await first.user.click(await screen.findByRole('switch', { name: 'Show summarize' }));
  first.unmount();
  await open({ views: [{ ...VIEW, revision: 2 }] }, drafts);
  expect(await screen.findByText(/saved elsewhere since you began/)).toBeTruthy();
});

test('a new view needs a name that no other view has', async () => {
  const { user, requests } = await open();
  await user.type(screen.getByLabelText('New view'), 'triage');
  await user.click(screen.getByRole('button', { name: 'Create view' }));
  expect(await screen.findByText(/There is a view “triage” already/)).toBeTruthy();
  expect(requests.some(({ name }) => name === 'SaveView')).toBe(false);
});

test('who manages a deployment without owning it reads the rules and cannot change them', async () => {
  await open({ viewerRole: 'OPERATE' });
  const list = await screen.findByRole('list', { name: 'Tools of the view' });
  expect(within(list).getAllByRole('listitem').length).toBe(2);
  expect(screen.queryByRole('button', { name: 'Save view' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Create view' })).toBeNull();
  expect(list.querySelector('fieldset, input:not(:disabled)')).toBeNull();
});

test('a server that runs elsewhere has no views', async () => {
  await open({ currentRelease: { ...DEPLOYMENT.currentRelease, runtime: 'REMOTE' } });
  expect(await screen.findByText('Remote servers have no views')).toBeTruthy();
});
