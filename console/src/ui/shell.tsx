import { Tooltip, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconBuildingStore,
  IconDeviceMobileMessage,
  IconInbox,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconReceipt2,
  IconShieldCheck,
  IconSun,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useAccess } from '../admin/access.ts';
import { api, expectOk } from '../api/client.ts';
import { simulatorQuery } from '../api/queries.ts';
import { StreamContext, useIncidentStream } from '../api/stream.ts';
import { StorageNotice } from '../retention/storage-notice.tsx';
import { roleLabel } from '../words.ts';
import { useArrivals } from './arrivals.ts';
import { LiveIndicator } from './live-indicator.tsx';
import { Logo } from './logo.tsx';
import { useSession } from './session.ts';
import classes from './shell.module.css';
import { useShortcutSheet, useShortcuts } from './shortcuts.tsx';

/** The frame of every page for somebody who is signed in: rail, page, live updates. */
export function Shell() {
  const { session, may } = useSession();
  const manages = useAccess().pages.length > 0;
  const stream = useIncidentStream();
  const arrivals = useArrivals();
  const simulator = useQuery(simulatorQuery);
  const navigate = useNavigate();
  useShortcuts('Go to', [{ keys: ['q'], label: 'Queue', run: () => void navigate({ to: '/' }) }]);

  return (
    <StreamContext value={stream}>
      <a href="#main" className={classes.skip}>
        Skip to the page
      </a>
      <p aria-live="polite" className="visually-hidden">
        {arrivals.announcement}
      </p>
      <div className={classes.shell}>
        <aside className={classes.rail} aria-label="Floorwalker">
          <Link to="/" className={classes.brand} aria-label="Floorwalker, to the queue">
            <Logo sizePx={36} />
          </Link>
          <nav aria-label="Main" className={classes.nav}>
            <RailLink to="/" icon={<IconInbox size={22} stroke={1.6} />} label="Queue" badge={arrivals.openCount} />
            <RailLink to="/estate" icon={<IconBuildingStore size={22} stroke={1.6} />} label="Stores" />
            {may('till.review') && (
              <RailLink to="/tills" icon={<IconReceipt2 size={22} stroke={1.6} />} label="Tills" />
            )}
            {manages && (
              <RailLink to="/manage" icon={<IconAdjustmentsHorizontal size={22} stroke={1.6} />} label="Manage" />
            )}
            {may('audit.read') && (
              <RailLink to="/audit" icon={<IconShieldCheck size={22} stroke={1.6} />} label="Audit" />
            )}
            {simulator.data && (
              <RailLink to="/phones" icon={<IconDeviceMobileMessage size={22} stroke={1.6} />} label="Phones" />
            )}
          </nav>
          <div className={classes.foot}>
            <LiveIndicator state={stream.state} />
            <ShortcutButton />
            <ThemeButton />
            <SignOutButton />
            <p className={classes.who}>
              <span className="visually-hidden">Signed in as </span>
              <span className={classes.name}>{session.displayName}</span>
              {session.displayName !== roleLabel(session.role) && (
                <span className={classes.role}>{roleLabel(session.role)}</span>
              )}
            </p>
          </div>
        </aside>
        <main id="main" className={classes.main} tabIndex={-1}>
          <StorageNotice />
          <Outlet />
        </main>
      </div>
    </StreamContext>
  );
}

interface RailLinkProps {
  to: '/' | '/estate' | '/tills' | '/manage' | '/audit' | '/phones';
  icon: ReactNode;
  label: string;
  badge?: number;
}

function RailLink({ to, icon, label, badge = 0 }: RailLinkProps) {
  return (
    <Link
      to={to}
      className={classes.link}
      activeOptions={{ exact: to !== '/' && to !== '/manage' && to !== '/tills', includeSearch: false }}
    >
      {icon}
      <span>{label}</span>
      {badge > 0 && (
        <span className={classes.badge}>
          {badge}
          <span className="visually-hidden"> open</span>
        </span>
      )}
    </Link>
  );
}

function ShortcutButton() {
  const showSheet = useShortcutSheet();
  return (
    <Tooltip label="Keyboard shortcuts (?)" position="right">
      <UnstyledButton className={classes.tool} data-hide-small aria-label="Keyboard shortcuts" onClick={showSheet}>
        <IconKeyboard size={20} stroke={1.6} />
      </UnstyledButton>
    </Tooltip>
  );
}

function ThemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('dark');
  const next = scheme === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={`Use the ${next} theme`} position="right">
      <UnstyledButton
        className={classes.tool}
        aria-label={`Use the ${next} theme`}
        onClick={() => setColorScheme(next)}
      >
        {scheme === 'dark' ? <IconSun size={20} stroke={1.6} /> : <IconMoon size={20} stroke={1.6} />}
      </UnstyledButton>
    </Tooltip>
  );
}

function SignOutButton() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => expectOk(api.DELETE('/v1/session')),
    onSuccess: async () => {
      await navigate({ to: '/sign-in' });
      client.clear();
    },
  });
  return (
    <Tooltip label={signOut.isError ? `Signing out failed: ${signOut.error.message}` : 'Sign out'} position="right">
      <UnstyledButton
        className={classes.tool}
        aria-label="Sign out"
        disabled={signOut.isPending}
        onClick={() => signOut.mutate()}
      >
        <IconLogout size={20} stroke={1.6} />
      </UnstyledButton>
    </Tooltip>
  );
}
