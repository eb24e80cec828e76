import { ActionIcon, Menu } from '@mantine/core';
import { IconKeyboard, IconLogout, IconSearch, IconSettings, IconUser } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router';
import { pagePath } from '../../navigation/pages.ts';
import { useSignOut } from '../viewer/sign-out.ts';
import { useViewer } from '../viewer/viewer.ts';
import { ConnectionState } from './ConnectionBanner.tsx';
import { useCrumbs } from './crumbs.ts';
import classes from './Frame.module.css';
import { SchemeItems } from './SchemeItems.tsx';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

type TopBarProps = { onPalette: () => void; onShortcuts: () => void };

export function TopBar({ onPalette, onShortcuts }: TopBarProps) {
  const crumbs = useCrumbs();
  const viewer = useViewer();
  const signOut = useSignOut();
  const navigate = useNavigate();
  return (
    <header className={classes.top}>
      <nav aria-label="Breadcrumb" style={{ flex: 1, minWidth: 0 }}>
        <ol className={classes.crumbs}>
          {crumbs.map((crumb, index) => (
            <li key={crumb.to}>
              {index === crumbs.length - 1 ? (
                <span aria-current="page" className="truncate">
                  {crumb.label}
                </span>
              ) : (
                <Link to={crumb.to}>{crumb.label}</Link>
              )}
            </li>
          ))}
        </ol>
      </nav>
      <ConnectionState />
      <button
        type="button"
        className={classes.palette}
        onClick={onPalette}
        aria-keyshortcuts={`${isMac ? 'Meta' : 'Control'}+K`}
      >
        <IconSearch size={15} aria-hidden />
        <span>Search</span>
        <kbd aria-hidden>{`${isMac ? '⌘' : 'Ctrl'} K`}</kbd>
      </button>
      <Menu>
        <Menu.Target>
          <ActionIcon size={32} aria-label="Account">
            <IconUser size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{viewer.name ?? viewer.email}</Menu.Label>
          <Menu.Item leftSection={<IconUser size={15} />} onClick={() => navigate(pagePath('account'))}>
            Account
          </Menu.Item>
          <Menu.Item leftSection={<IconSettings size={15} />} onClick={() => navigate(pagePath('settings'))}>
            Settings
          </Menu.Item>
          <Menu.Item leftSection={<IconKeyboard size={15} />} onClick={onShortcuts}>
            Keyboard shortcuts
          </Menu.Item>
          <Menu.Divider />
          <SchemeItems />
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={15} />} onClick={signOut}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </header>
  );
}
