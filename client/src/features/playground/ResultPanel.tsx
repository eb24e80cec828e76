import { type ReactNode, useState } from 'react';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { CallHistory } from './CallHistory.tsx';
import { CallView } from './CallView.tsx';
import { Comparison } from './Comparison.tsx';
import type { Call } from './call.ts';

type ResultPanelProps = {
  calls: readonly Call[];
  /** The calls of the selected tool, prompt or resource. */
  own: readonly Call[];
  shown: Call | undefined;
  busy: boolean;
  outputSchema: unknown;
  /** The app that shows the result of the call, if the tool has one. */
  app?: ReactNode;
  onShow: (call: Call) => void;
  onCancel: () => void;
  onRead: (uri: string) => void;
  onRerun: (call: Call) => void;
  onEdit: (call: Call) => void;
  onSave: (call: Call) => void;
};

/** Shows one call, how it compares with another one, and the history. */
export function ResultPanel({ calls, own, shown, busy, outputSchema, app, onCancel, onRead, ...on }: ResultPanelProps) {
  const [showsAll, setShowsAll] = useState(false);
  const [comparedId, setComparedId] = useState<number | null>(null);
  const compared = calls.find((call) => call.id === comparedId && call.id !== shown?.id);
  const listed = showsAll ? calls : own;
  return (
    <>
      {shown ? (
        <CallView call={shown} outputSchema={outputSchema} app={app} onCancel={onCancel} onRead={onRead} />
      ) : (
        <EmptyState title="The result appears here.">
          Calls go through the endpoint, exactly like a client’s, with a token that lasts ten minutes.
        </EmptyState>
      )}
      {shown && shown.tookMs !== null && compared && (
        <Comparison before={compared} after={shown} onClose={() => setComparedId(null)} />
      )}
      {calls.length > 0 && (
        <CallHistory
          calls={listed}
          showsAll={showsAll}
          onShowAll={setShowsAll}
          shownId={shown?.id ?? null}
          busy={busy}
          {...on}
          onCompare={(call) => setComparedId(call.id)}
        />
      )}
    </>
  );
}
