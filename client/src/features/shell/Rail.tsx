import { IconBooks, IconHistory, IconPlus, IconServer2, IconSettings } from '@tabler/icons-react';
import { Link, NavLink } from 'react-router';
import { BrandMark } from '../../ui/layout/Brand.tsx';
import classes from './Frame.module.css';

const ITEMS = [
  { to: '/deployments', label: 'Deployments', icon: IconServer2 },
  { to: '/new', label: 'New', icon: IconPlus },
  { to: '/registry', label: 'Registry', icon: IconBooks },
  { to: '/audit', label: 'Audit', icon: IconHistory },
  { to: '/settings', label: 'Settings', icon: IconSettings },
] as const;

export function Rail() {
  return (
    <nav className={classes.rail} aria-label="Main">
      <Link to="/deployments" className={classes.brand} aria-label="Catwalk, all deployments">
        <BrandMark />
        <span>Catwalk</span>
      </Link>
      <div className={classes.nav}>
        {ITEMS.map(({ to, label, icon: ItemIcon }) => (
          <NavLink key={to} to={to} className={classes.item ?? ''} title={label}>
            <ItemIcon size={18} stroke={1.7} aria-hidden />
            <span>{label}</span>
          </NavLink>
        ))}
      </div>
    </nav>
  );
}
