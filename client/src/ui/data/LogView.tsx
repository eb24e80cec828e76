import { ActionIcon, Button, SegmentedControl, TextInput, Tooltip } from '@mantine/core';
import {
  IconArrowDown,
  IconDownload,
  IconPlayerPause,
  IconPlayerPlay,
  IconSearch,
  IconTextWrap,
} from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { saveFile } from '../inputs/save-file.ts';
import { LogRow } from './LogRow.tsx';
import classes from './LogView.module.css';
import { logLevelOf } from './log-level.ts';

export type LogViewLine = { key: string; at: string; stream: 'INSTALL' | 'STDERR' | 'STDOUT' | 'HOST'; text: string };

type LogViewProps = { lines: readonly LogViewLine[]; empty: ReactNode; name: string };

const FILTERS = [
  { value: 'ALL', label: 'All' },
  { value: 'SERVER', label: 'Server' },
  { value: 'INSTALL', label: 'Install' },
  { value: 'HOST', label: 'Host' },
  { value: 'PROBLEMS', label: 'Problems' },
] as const;
type Filter = (typeof FILTERS)[number]['value'];

function matches({ stream, text }: LogViewLine, filter: Filter): boolean {
  switch (filter) {
    case 'ALL':
      return true;
    case 'SERVER':
      return stream === 'STDERR' || stream === 'STDOUT';
    case 'PROBLEMS':
      return logLevelOf(text) !== null;
    default:
      return stream === filter;
  }
}

/** How near the bottom still counts as following, in pixels. */
const EDGE_PX = 24;

/** A live log, newest at the bottom. It follows until it is paused or scrolled up, then says how many lines are new. */
export function LogView({ lines, empty, name }: LogViewProps) {
  const [filter, setFilter] = useState<Filter>('ALL');
  const [search, setSearch] = useState('');
  const [wrap, setWrap] = useState(true);
  const [following, setFollowing] = useState(true);
  const [seen, setSeen] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const wanted = useDeferredValue(search.trim().toLowerCase());

  const shown = useMemo(
    () => lines.filter((line) => matches(line, filter) && (wanted === '' || line.text.toLowerCase().includes(wanted))),
    [lines, filter, wanted],
  );
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 20,
    overscan: 20,
    getItemKey: (index) => shown[index]?.key ?? index,
  });

  const totalSize = virtualizer.getTotalSize();
  // The measured height of a new line arrives after it: the edge is held whenever the total changes.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (following && box && totalSize >= 0) box.scrollTop = box.scrollHeight;
  }, [following, totalSize]);
  useEffect(() => {
    if (following) setSeen(shown.length);
  }, [following, shown.length]);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    setFollowing(box.scrollHeight - box.scrollTop - box.clientHeight < EDGE_PX);
  };
  const download = () => {
    const text = lines.map((line) => `${line.at} ${line.stream} ${line.text}`).join('\n');
    saveFile(`${name}.log`, new Blob([text], { type: 'text/plain' }));
  };
  const fresh = Math.max(0, shown.length - seen);

  return (
    <div className={classes.view}>
      <div className={classes.tools}>
        <TextInput
          size="xs"
          className={classes.search}
          leftSection={<IconSearch size={14} />}
          placeholder="Search the log"
          aria-label="Search the log"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <SegmentedControl
          size="xs"
          className={classes.filters}
          data={[...FILTERS]}
          value={filter}
          onChange={setFilter}
          aria-label="Which lines"
        />
        <span className={classes.count}>
          {shown.length === lines.length ? `${lines.length} lines` : `${shown.length} of ${lines.length}`}
        </span>
        <div className={classes.buttons}>
          <Tooltip label={following ? 'Pause: new lines wait below' : 'Follow'}>
            <ActionIcon onClick={() => setFollowing(!following)} aria-pressed={!following} aria-label="Pause" size={28}>
              {following ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label={wrap ? 'Do not wrap long lines' : 'Wrap long lines'}>
            <ActionIcon onClick={() => setWrap(!wrap)} aria-pressed={wrap} aria-label="Wrap long lines" size={28}>
              <IconTextWrap size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Download">
            <ActionIcon onClick={download} aria-label="Download the log" size={28} disabled={lines.length === 0}>
              <IconDownload size={16} />
            </ActionIcon>
          </Tooltip>
        </div>
      </div>
      <div
        ref={scroller}
        className={classes.scroller}
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label="Log"
        aria-live="off"
      >
        {shown.length === 0 ? (
          <div className={classes.empty}>{lines.length === 0 ? empty : 'No line matches.'}</div>
        ) : (
          <div className={classes.canvas} data-wrap={wrap || undefined} style={{ height: totalSize }}>
            {virtualizer.getVirtualItems().map((item) => {
              const line = shown[item.index];
              return line ? (
                <div
                  key={item.key}
                  ref={virtualizer.measureElement}
                  data-index={item.index}
                  className={classes.row}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <LogRow line={line} search={wanted} />
                </div>
              ) : null;
            })}
          </div>
        )}
      </div>
      {!following && (
        <Button
          className={classes.follow}
          size="xs"
          leftSection={<IconArrowDown size={14} />}
          onClick={() => setFollowing(true)}
        >
          {fresh > 0 ? `${fresh} new ${fresh === 1 ? 'line' : 'lines'}` : 'Follow'}
        </Button>
      )}
    </div>
  );
}
