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
import { useNow } from '../../ui/data/clock.ts';
import { downloadFile } from '../../ui/data/download-file.ts';
import { dayHeadings, dayOf } from './day-headings.ts';
import { LogRow } from './LogRow.tsx';
import classes from './LogView.module.css';
import { logLevelOf } from './log-level.ts';
import type { LogViewLine } from './log-line.ts';

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

const TODAY_CHECK_MS = 60_000;

/** The distance from the bottom at which the log still follows. */
const EDGE_PX = 24;

/** A live log, newest at the bottom. It follows until it is paused or scrolled up, then counts the new lines. */
export function LogView({ lines, empty, name }: LogViewProps) {
  const [filter, setFilter] = useState<Filter>('ALL');
  const [search, setSearch] = useState('');
  const [wrap, setWrap] = useState(true);
  const [following, setFollowing] = useState(true);
  const [seen, setSeen] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const query = useDeferredValue(search.trim().toLowerCase());

  const shown = useMemo(
    () => lines.filter((line) => matches(line, filter) && (query === '' || line.text.toLowerCase().includes(query))),
    [lines, filter, query],
  );
  const today = dayOf(useNow(TODAY_CHECK_MS));
  const headings = useMemo(() => dayHeadings(shown, today), [shown, today]);
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 20,
    overscan: 20,
    getItemKey: (index) => shown[index]?.key ?? index,
  });

  const totalSize = virtualizer.getTotalSize();
  // The height of a new line is measured after it is added: the log scrolls whenever the total height changes.
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
    downloadFile(`${name}.log`, new Blob([text], { type: 'text/plain' }));
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
          data-page-search
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <SegmentedControl
          size="xs"
          className={classes.filters}
          data={[...FILTERS]}
          value={filter}
          onChange={setFilter}
          aria-label="Filter lines"
        />
        <span className={classes.count}>
          {shown.length === lines.length ? countLines(lines.length) : `${shown.length} of ${countLines(lines.length)}`}
        </span>
        <div className={classes.buttons}>
          <Tooltip label={following ? 'Pause' : 'Follow'}>
            <ActionIcon onClick={() => setFollowing(!following)} aria-pressed={!following} aria-label="Pause" size={28}>
              {following ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label={wrap ? 'Don’t wrap long lines' : 'Wrap long lines'}>
            <ActionIcon onClick={() => setWrap(!wrap)} aria-pressed={wrap} aria-label="Wrap long lines" size={28}>
              <IconTextWrap size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Download">
            <ActionIcon onClick={download} aria-label="Download log" size={28} disabled={lines.length === 0}>
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
          <div className={classes.empty}>{lines.length === 0 ? empty : 'No lines match.'}</div>
        ) : (
          <div className={classes.canvas} data-wrap={wrap || undefined} style={{ height: totalSize }}>
            {virtualizer.getVirtualItems().map((item) => {
              const line = shown[item.index];
              return line ? (
                <div
                  key={item.key}
                  ref={virtualizer.measureElement}
                  data-index={item.index}
                  className={classes.entry}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  {headings.has(item.index) && <p className={classes.day}>{headings.get(item.index)}</p>}
                  <div className={classes.row}>
                    <LogRow line={line} search={query} />
                  </div>
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

const countLines = (count: number): string => `${count} ${count === 1 ? 'line' : 'lines'}`;
