import { Folded } from '../../ui/layout/Folded.tsx';
import { FiguresTable } from './FiguresTable.tsx';
import type { Figures } from './series.ts';

type UsageTablesProps = {
  usage: {
    byCaller: readonly (Figures & { caller: string; name?: string | null })[];
    byMethod: readonly (Figures & { method: string })[];
  };
};

/** The same time range by client and by method. */
export function UsageTables({ usage }: UsageTablesProps) {
  const callers = usage.byCaller.map((one) => ({
    key: one.caller,
    name: one.name ?? (one.caller === 'public' ? 'Public access' : 'Deleted token or client'),
    figures: one,
  }));
  const methods = usage.byMethod.map((one) => ({ key: one.method, name: one.method, figures: one }));
  return (
    <>
      {callers.length > 0 && <FiguresTable label="Usage by client" heading="Token or client" rows={callers} />}
      <Folded label="By method">
        <FiguresTable label="Usage by method" heading="Method" rows={methods} />
      </Folded>
    </>
  );
}
