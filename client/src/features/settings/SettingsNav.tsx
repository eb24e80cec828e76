import { NavLink } from 'react-router';
import { pagePath } from '../../navigation/pages.ts';
import { useViewer } from '../viewer/viewer.ts';
import classes from './Settings.module.css';

/** Leads to the sections of the settings: those of the viewer, and those of the whole installation. */
export function SettingsNav() {
  if (useViewer().role !== 'ADMIN') return null;
  return (
    <nav className={classes.sections} aria-label="Sections of the settings">
      <NavLink to={pagePath('settings')} end className={classes.section ?? ''}>
        Personal
      </NavLink>
      <NavLink to={pagePath('installation')} className={classes.section ?? ''}>
        Installation
      </NavLink>
    </nav>
  );
}
