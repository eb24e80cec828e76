import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { FragmentType } from '../../generated/index.ts';
import { renderPage } from '../../testing/render.testing.tsx';
import { createPastedStore, PastedTextContext } from '../deploy/pasted-text.ts';
import { AnalysisView } from './AnalysisView.tsx';
import type { AnalysisFragment } from './analysis-query.ts';
import { SourceInput } from './SourceInput.tsx';

const RUNNING = {
  id: 'a1',
  source: '{"mcpServers":{}}',
  status: 'RUNNING',
  cached: false,
  createdAt: '2026-01-01T00:00:00Z',
  stages: [],
  failure: null,
  warnings: [],
  suggestions: [],
  trials: [],
  candidates: [],
} as unknown as FragmentType<typeof AnalysisFragment>;

test('hides the secrets of a pasted text while the analysis runs', async () => {
  const pasted = createPastedStore();
  const { user, unmount } = renderPage(
    <PastedTextContext value={pasted}>
      <SourceInput />
    </PastedTextContext>,
    {
      respond: ({ name }) =>
        name === 'Analyze' ? { analyze: { __typename: 'Analysis', id: 'a1', pastedSecrets: ['t-secret'] } } : {},
    },
  );
  await user.type(screen.getByLabelText('MCP server'), 'A_TOKEN=t-secret npx -y a-mcp');
  await user.click(screen.getByRole('button', { name: 'Analyze' }));
  expect(pasted.of('a1')?.text).toBe('A_TOKEN=t-secret npx -y a-mcp');
  unmount();

  renderPage(
    <PastedTextContext value={pasted}>
      <AnalysisView analysis={RUNNING} sizes={[]} processors={[]} regions={[]} />
    </PastedTextContext>,
  );
  expect(screen.getByLabelText<HTMLTextAreaElement>('MCP server').value).toBe('A_TOKEN=•••••••• npx -y a-mcp');
});
