import { Kbd, Modal } from '@mantine/core';
import { PAGES } from '../../navigation/pages.ts';
import classes from './Shortcuts.module.css';

const SHORTCUTS: readonly { keys: readonly string[]; label: string }[] = [
  { keys: ['Ctrl', 'K'], label: 'Search everything' },
  { keys: ['n'], label: 'New deployment' },
  { keys: ['/'], label: 'Search this page' },
  { keys: ['Esc'], label: 'Leave the search' },
  ...PAGES.flatMap(({ shortcut }) => (shortcut ? [{ keys: ['g', shortcut.key], label: shortcut.label }] : [])),
  { keys: ['j', 'k'], label: 'Next or previous deployment in the list' },
  { keys: ['Home', 'End'], label: 'First or last deployment in the list' },
  { keys: ['x'], label: 'Select a deployment, or a range with Shift' },
  { keys: ['Ctrl', 'Enter'], label: 'Deploy, or call the tool in the playground' },
  { keys: ['Enter'], label: 'Call, from a field of one line in the playground' },
  { keys: ['?'], label: 'Keyboard shortcuts' },
];

/** Lists every keyboard shortcut. */
export default function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="sm">
      <dl className={classes.list}>
        {SHORTCUTS.map(({ keys, label }) => (
          <div key={label} className={classes.row}>
            <dt>{label}</dt>
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
