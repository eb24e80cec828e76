import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { createDraftStore } from '../../drafts/draft-store.ts';
import { createTabStorage } from '../../drafts/tab-storage.ts';
import { makeFragmentData } from '../../generated/index.ts';
import { renderPage } from '../../testing/render.testing.tsx';
import { FreshTokensProvider } from '../tokens/FreshTokensProvider.tsx';
import { BundleEntry, BundleEntryFragment } from './BundleEntry.tsx';
import { BundleMembers, BundleMembersFragment } from './BundleMembers.tsx';
import { NewBundle } from './NewBundle.tsx';

const choice = (number: number, name: string, more: object = {}) => ({
  __typename: 'Deployment',
  id: `g${number}`,
  databaseId: `d${number}`,
  name,
  status: 'RUNNING',
  shared: false,
  viewerRole: 'OWN',
  isBundle: false,
  views: [],
  ...more,
});
const CHOICES = [
  choice(1, 'GitHub', { views: [{ __typename: 'View', id: 'v1', name: 'read-only' }] }),
  choice(2, 'Database'),
  choice(3, 'Broken', { status: 'FAILED' }),
  choice(4, 'Other bundle', { isBundle: true }),
  choice(5, 'Of someone else', { shared: true, viewerRole: 'OPERATE' }),
];
const MEMBERS = [
  { __typename: 'BundleMember', prefix: 'github', databaseId: 'd1', name: 'GitHub', status: 'RUNNING', view: null },
  { __typename: 'BundleMember', prefix: 'bad', databaseId: 'd3', name: 'Broken', status: 'FAILED', view: null },
];
const BUNDLE = {
  __typename: 'Deployment',
  id: 'b1',
  databaseId: 'b1-database',
  name: 'Work',
  status: 'RUNNING',
  endpointUrl: 'https://catwalk.example/api/mcp/work',
  slug: 'work',
  shared: false,
  viewerRole: 'OWN',
  members: MEMBERS,
  bundleEffect: {
    __typename: 'BundleEffect',
    tools: [
      { __typename: 'BundleTool', name: 'github_search', prefix: 'github', description: 'Searches.' },
      { __typename: 'BundleTool', name: 'bad_run', prefix: 'bad', description: null },
    ],
    tokens: 1_234,
  },
};
const REFUSAL = {
  __typename: 'InvalidInputError',
  code: 'INVALID_INPUT',
  message: '“GitHub” has no view “read-only”.',
  hint: null,
  retryable: false,
  fields: [{ __typename: 'FieldProblem', field: 'members.0.view', message: '“GitHub” has no view “read-only”.' }],
};

type Answers = { createBundle?: object; updateBundle?: object };

const respond =
  (answers: Answers) =>
  ({ name }: { name: string }) => {
    if (name === 'MemberChoices') {
      const pageInfo = { __typename: 'PageInfo', hasNextPage: false, endCursor: null };
      const edges = CHOICES.map((node) => ({ __typename: 'DeploymentEdge', cursor: node.id, node }));
      return { deployments: { __typename: 'DeploymentConnection', edges, pageInfo } };
    }
    if (name === 'CreateBundle') return { createBundle: answers.createBundle };
    if (name === 'UpdateBundle') return { updateBundle: answers.updateBundle ?? BUNDLE };
    return {};
  };

const CREATED = {
  __typename: 'DeployPayload',
  accessToken: 'cw_first',
  deployment: { __typename: 'Deployment', id: 'b9', databaseId: 'b9-database' },
};
const openNew = (answers: Answers = { createBundle: CREATED }, drafts = createDraftStore(createTabStorage(null))) =>
  renderPage(
    <FreshTokensProvider>
      <NewBundle onCancel={() => {}} />
    </FreshTokensProvider>,
    { drafts, respond: respond(answers) },
  );
const openMembers = (shown: object = {}, answers: Answers = {}) =>
  // The test gives the whole of what the fragment selects.
  renderPage(<BundleMembers deployment={makeFragmentData({ ...BUNDLE, ...shown } as never, BundleMembersFragment)} />, {
    respond: respond(answers),
  });

type User = ReturnType<typeof openNew>['user'];
const choose = async (user: User, field: string, option: string) => {
  await user.click(await screen.findByRole('combobox', { name: field }));
  await user.click(await screen.findByRole('option', { name: option }));
};
const enter = async (user: User, label: string, text: string) => {
  await user.click(screen.getByLabelText(label));
  await user.paste(text);
};
const inputOf = (requests: { name: string; variables: Record<string, unknown> }[], name: string) =>
  requests.find((one) => one.name === name)?.variables['input'];
const isDisabled = (name: string) => (screen.getByRole('button', { name }) as HTMLButtonElement).disabled;

test('a bundle is created from deployments, each with its view and prefix, and its page opens', async () => {
  const { user, requests, router } = openNew();
  await enter(user, 'Name', 'Work');
  await enter(user, 'Short name (optional)', 'work');
  expect(isDisabled('Create bundle')).toBe(true);
  await waitFor(() =>
    expect((screen.getByRole('combobox', { name: 'Add a server' }) as HTMLInputElement).disabled).toBe(false),
  );
  await choose(user, 'Add a server', 'GitHub');
  await choose(user, 'Add a server', 'Database');
  await choose(user, 'View of GitHub', 'read-only');
  await enter(user, 'Prefix of Database', 'db');
  await user.click(screen.getByRole('button', { name: 'Create bundle' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/deployments/b9-database'));
  expect(inputOf(requests, 'CreateBundle')).toEqual({
    name: 'Work',
    slug: 'work',
    members: [
      { deploymentId: 'd1', view: 'read-only', prefix: null },
      { deploymentId: 'd2', view: null, prefix: 'db' },
    ],
  });
});

test('offers deployments of the viewer, and no bundles', async () => {
  const { user } = openNew();
  await waitFor(() =>
    expect((screen.getByRole('combobox', { name: 'Add a server' }) as HTMLInputElement).disabled).toBe(false),
  );
  await user.click(screen.getByRole('combobox', { name: 'Add a server' }));
  await screen.findByRole('option', { name: 'GitHub' });
  expect(screen.getAllByRole('option').map((one) => one.textContent)).toEqual(['Broken', 'Database', 'GitHub']);
});

test('what was entered survives a reload, and a refusal stands at its field', async () => {
  const drafts = createDraftStore(createTabStorage(null));
  const first = openNew({ createBundle: REFUSAL }, drafts);
  await enter(first.user, 'Name', 'Work');
  await waitFor(() =>
    expect((screen.getByRole('combobox', { name: 'Add a server' }) as HTMLInputElement).disabled).toBe(false),
  );
  await choose(first.user, 'Add a server', 'GitHub');
  first.unmount();
  const { user } = openNew({ createBundle: REFUSAL }, drafts);
  const row = await screen.findByRole('listitem', { name: 'GitHub' });
  await user.click(screen.getByRole('button', { name: 'Create bundle' }));
  expect((await screen.findByRole('alert')).textContent).toContain('has no view');
  expect(within(row).getByText('“GitHub” has no view “read-only”.')).toBeTruthy();
});

test('members get another prefix, are removed and added, and are saved together', async () => {
  const { user, requests } = openMembers();
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
  await user.clear(await screen.findByLabelText('Prefix of GitHub'));
  await enter(user, 'Prefix of GitHub', 'gh');
  await user.click(screen.getByRole('button', { name: 'Remove Broken' }));
  await choose(user, 'Add a server', 'Database');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() =>
    expect(inputOf(requests, 'UpdateBundle')).toEqual({
      id: 'b1',
      members: [
        { deploymentId: 'd1', view: null, prefix: 'gh' },
        { deploymentId: 'd2', view: null, prefix: null },
      ],
    }),
  );
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Save' })).toBeNull());
});

test('a prefix that two members have cannot be saved, and a change can be discarded', async () => {
  const { user } = openMembers();
  await user.clear(await screen.findByLabelText('Prefix of Broken'));
  await enter(user, 'Prefix of Broken', 'github');
  expect(screen.getAllByText('Another server has the prefix “github”.')).toHaveLength(2);
  expect(isDisabled('Save')).toBe(true);
  await user.click(screen.getByRole('button', { name: 'Discard' }));
  expect((screen.getByLabelText('Prefix of Broken') as HTMLInputElement).value).toBe('bad');
});

test('lists the merged tools with their size, and marks those of a member that failed', async () => {
  openMembers();
  const tools = await screen.findByRole('region', { name: 'Tools of the bundle' });
  expect(tools.textContent).toContain('2 tools, about 1,234 tokens. 1 of them unavailable now');
  const items = within(tools).getAllByRole('listitem');
  expect(items.map((one) => one.textContent)).toEqual(['github_searchSearches.', 'bad_rununavailable']);
  expect(
    within(screen.getByRole('listitem', { name: 'Broken' })).getByText(/Clients don’t see its tools/),
  ).toBeTruthy();
});

test('who manages a bundle without owning it reads its members and cannot change them', async () => {
  openMembers({ viewerRole: 'OPERATE' });
  const prefix = (await screen.findByLabelText('Prefix of GitHub')) as HTMLInputElement;
  expect(prefix.readOnly).toBe(true);
  expect(screen.queryByRole('button', { name: 'Remove GitHub' })).toBeNull();
  expect(screen.queryByRole('combobox', { name: 'Add a server' })).toBeNull();
});

test('an entry of the list has the size and the address, and names the servers that are unavailable', async () => {
  renderPage(<BundleEntry bundle={makeFragmentData(BUNDLE as never, BundleEntryFragment)} />); // the whole selection
  const entry = await screen.findByRole('listitem', { name: 'Work' });
  expect(entry.textContent).toContain('2 servers · 2 tools · about 1,234 tokens');
  expect(entry.textContent).toContain('catwalk.example/api/mcp/work');
  expect(within(entry).getByText('Unavailable: Broken')).toBeTruthy();
});
