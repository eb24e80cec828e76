import { FiguresTable } from './FiguresTable.tsx';
import type { Figures } from './series.ts';

type ToolTableProps = {
  tools: readonly (Figures & { tool: string })[];
  /** The tool whose days the charts show; null for all tools. */
  selected: string | null;
  onSelect: (tool: string | null) => void;
};

type ToolButtonProps = { tool: string; isSelected: boolean; onSelect: ToolTableProps['onSelect'] };

function ToolButton({ tool, isSelected, onSelect }: ToolButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={isSelected}
      title={isSelected ? 'Show all tools' : 'Show only this tool'}
      onClick={() => onSelect(isSelected ? null : tool)}
    >
      {tool}
    </button>
  );
}

/** Lists the tools that were called, the busiest first. Selecting a tool shows its days in the charts. */
export function ToolTable({ tools, selected, onSelect }: ToolTableProps) {
  const rows = tools.map((figures) => {
    const { tool } = figures;
    const isSelected = tool === selected;
    return { key: tool, name: <ToolButton {...{ tool, isSelected, onSelect }} />, figures, isSelected };
  });
  return <FiguresTable label="Usage by tool" heading="Tool" rows={rows} />;
}
