import { Kbd, Modal } from '@mantine/core';
import classes from './Shortcuts.module.css';

const SHORTCUTS = [
  { keys: ['Ctrl', 'K'], what: 'Search and go anywhere' },
  { keys: ['n'], what: 'New deployment' },
  { keys: ['/'], what: 'Search on this page' },
  { keys: ['g', 'd'], what: 'Go to deployments' },
  { keys: ['g', 'r'], what: 'Browse the registry' },
  { keys: ['g', 'a'], what: 'Go to the audit trail' },
  { keys: ['g', 's'], what: 'Go to settings' },
  { keys: ['j', 'k'], what: 'Next or previous deployment of the list' },
  { keys: ['Home', 'End'], what: 'First or last of the list' },
  { keys: ['x'], what: 'Choose it; with Shift up to it' },
  { keys: ['Ctrl', 'Enter'], what: 'Call the tool of the playground' },
  { keys: ['?'], what: 'This list' },
] as const;

/** Every shortcut, for whoever presses ?. */
export default function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="sm">
      <dl className={classes.list}>
        {SHORTCUTS.map(({ keys, what }) => (
          <div key={what} className={classes.row}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
