import { screen, within } from '@testing-library/react';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import type { Call } from './call.ts';
import { ResultPanel } from './ResultPanel.tsx';

const callOf = (id: number, name: string, text: string): Call => ({
  id,
  request: { kind: 'tool', name: 'greet', template: false, args: { name } },
  startedAt: 1_800_000_000_000 + id,
  tookMs: 12,
  progress: null,
  questions: [],
  outcome: { kind: 'tool', result: { content: [{ type: 'text', text }] } },
  error: null,
  messages: [],
});

const CALLS = [callOf(2, 'Bob', 'Hello, Bob.'), callOf(1, 'Ann', 'Hello, Ann.')];

function Panel({ acted, outputSchema = null }: { acted: string[]; outputSchema?: unknown }) {
  const [shown, setShown] = useState(CALLS[0]);
  const act = (verb: string) => (call: Call) => acted.push(`${verb} ${call.id}`);
  return (
    <ResultPanel
      calls={CALLS}
      own={CALLS}
      shown={shown}
      busy={false}
      outputSchema={outputSchema}
      onShow={setShown}
      onCancel={() => undefined}
      onRead={() => undefined}
      onRerun={act('rerun')}
      onEdit={act('edit')}
      onSave={act('save')}
    />
  );
}

test('runs again, edits and saves an earlier call', async () => {
  const acted: string[] = [];
  const { user } = renderPage(<Panel acted={acted} />);
  for (const action of ['Run again', 'Edit arguments', 'Save request']) {
    await user.click(screen.getByRole('button', { name: `${action}: greet, Ann` }));
  }
  expect(acted).toEqual(['rerun 1', 'edit 1', 'save 1']);
});

test('compares an earlier call with the one shown, line by line', async () => {
  const { user } = renderPage(<Panel acted={[]} />);
  await user.click(screen.getByRole('button', { name: 'Compare: greet, Ann' }));
  const comparison = within(screen.getByRole('region', { name: 'Comparison' }));
  const args = within(comparison.getByRole('figure', { name: 'Arguments' }));
  expect(args.getByText(/"name": "Ann"/)).toBeDefined();
  expect(args.getByText(/"name": "Bob"/)).toBeDefined();
  await user.click(comparison.getByRole('button', { name: 'Close comparison' }));
  expect(screen.queryByRole('region', { name: 'Comparison' })).toBeNull();
});

test('says of a result whether it has the structured content that the tool promises', () => {
  renderPage(<Panel acted={[]} outputSchema={{ type: 'object' }} />);
  expect(screen.getByText('The tool has an output schema, but returned no structured content.')).toBeDefined();
});
