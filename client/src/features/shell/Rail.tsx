import { Link, NavLink } from 'react-router';
import { PAGES, pagePath } from '../../navigation/pages.ts';
import { BrandMark } from '../../ui/layout/Brand.tsx';
import classes from './Frame.module.css';

export function Rail() {
  return (
    <nav className={classes.rail} aria-label="Main">
      <Link to={pagePath('deployments')} className={classes.brand} aria-label="Catwalk, all deployments">
        <BrandMark />
        <span>Catwalk</span>
      </Link>
      <div className={classes.nav}>
        {PAGES.map(
          ({ path, railLabel, icon: PageIcon }) =>
            railLabel && (
              <NavLink key={path} to={path} className={classes.item ?? ''} title={railLabel}>
                <PageIcon size={18} stroke={1.7} aria-hidden />
                <span>{railLabel}</span>
              </NavLink>
            ),
        )}
      </div>
    </nav>
  );
}
