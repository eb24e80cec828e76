import { Button } from '@mantine/core';
import { isObject } from '../schema-form/node.ts';
import { notificationMethod } from './call-store.ts';
import classes from './Playground.module.css';
import type { WireMessage } from './session.ts';

type NotificationPaneProps = { notifications: readonly WireMessage[]; onClear: () => void };

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

/** Lists what the server sends without being asked, log messages among them, newest first. */
export function NotificationPane({ notifications, onClear }: NotificationPaneProps) {
  return (
    <section className={classes.history} aria-label="Notifications">
      <div className={classes.callHead}>
        <h2 className={classes.subtitle}>Notifications</h2>
        {notifications.length > 0 && (
          <Button size="compact-xs" variant="default" onClick={onClear}>
            Clear
          </Button>
        )}
      </div>
      {notifications.length === 0 && (
        <p className="muted small">Log messages, progress and changes appear here while the session is open.</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <ol
        className={classes.notifications}
        aria-label="Notifications of the server"
        tabIndex={notifications.length > 0 ? 0 : undefined}
      >
        {notifications.toReversed().map((notification, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: counted from the oldest one, so that a new one moves no other
          <NotificationRow key={notifications.length - index} notification={notification} />
        ))}
      </ol>
    </section>
  );
}

/** The levels that stand out. */
const SERIOUS = new Set(['warning', 'error', 'critical', 'alert', 'emergency']);

function NotificationRow({ notification: { at, message } }: { notification: WireMessage }) {
  const method = notificationMethod(message) ?? '';
  const params = isObject(message) && isObject(message['params']) ? message['params'] : {};
  const isLog = method === 'notifications/message';
  const level = isLog ? String(params['level'] ?? '') : '';
  return (
    <li data-level={SERIOUS.has(level) ? (level === 'warning' ? 'warning' : 'error') : undefined}>
      <time className="numbers muted" dateTime={new Date(at).toISOString()}>
        {clock.format(at)}
      </time>
      <code>{isLog ? level : method.replace(/^notifications\//, '')}</code>
      <span>{isLog ? logText(params) : summaryOf(params)}</span>
    </li>
  );
}

const printed = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

const logText = ({ logger, data }: Record<string, unknown>): string =>
  `${typeof logger === 'string' ? `${logger}: ` : ''}${printed(data)}`;

/** The parameters in a line, without metadata. */
function summaryOf({ _meta, ...params }: Record<string, unknown>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}: ${printed(value)}`)
    .join(' · ');
}
