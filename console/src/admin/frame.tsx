import { Link, Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import page from '../pages/page.module.css';
import { Empty } from '../ui/notices.tsx';
import type { AdminPage } from './access.ts';
import { useAccess } from './access.ts';
import classes from './frame.module.css';

const titles: Record<AdminPage, string> = {
  roster: 'Roster',
  policies: 'Policies',
  webhooks: 'Webhooks',
  recipients: 'Recipients',
  usage: 'Usage',
  rights: 'Requests',
  privacy: 'Privacy',
  retention: 'Retention',
};

/** The pages on which a company sets itself up, as far as one's role reaches. */
export function ManageFrame() {
  const { pages } = useAccess();
  const { pathname } = useLocation();
  const current = (Object.keys(titles) as AdminPage[]).find((name) => pathname.startsWith(`/manage/${name}`));
  useEffect(() => {
    document.title = `${current ? titles[current] : 'Manage'} · Floorwalker`;
  }, [current]);
  return (
    <div className={page.page}>
      {pages.length > 1 && (
        <nav aria-label="Manage" className={classes.nav}>
          {pages.map((name) => (
            <Link
              key={name}
              to={`/manage/${name}`}
              className={classes.link}
              data-here={name === current || undefined}
              activeOptions={{ includeSearch: false }}
            >
              {titles[name]}
            </Link>
          ))}
        </nav>
      )}
      {current && !pages.includes(current) ? (
        <>
          <h1 className={page.title}>{titles[current]}</h1>
          <Empty title="Your role does not include this">Ask an administrator if you need it.</Empty>
        </>
      ) : (
        <Outlet />
      )}
    </div>
  );
}

/** "Manage" alone leads to the first page that one's role includes. */
export function ManageHome() {
  const { pages } = useAccess();
  const first = pages[0];
  if (first) return <Navigate to={`/manage/${first}`} replace />;
  return (
    <>
      <h1 className={page.title}>Manage</h1>
      <Empty title="There is nothing for your role to manage">Ask an administrator if you need it.</Empty>
    </>
  );
}
