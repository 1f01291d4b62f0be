import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router';
import { isStatus } from './api/client.ts';
import type { DrillFilter, QueueTab } from './api/queries.ts';
import { sessionQuery } from './api/queries.ts';
import { AuditPage } from './pages/audit.tsx';
import { DrillsPage } from './pages/drills.tsx';
import { EstatePage } from './pages/estate.tsx';
import { IncidentPage } from './pages/incident.tsx';
import { PhonesPage } from './pages/phones.tsx';
import { QueuePage } from './pages/queue.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { Failure, Loading, NotFound } from './ui/notices.tsx';
import { Shell } from './ui/shell.tsx';

const tabs: readonly QueueTab[] = ['open', 'review', 'held', 'second', 'closed', 'all'];
const drillFilters: readonly DrillFilter[] = ['only', 'without'];

export interface QueueSearch {
  tab?: QueueTab;
  store?: string;
  drills?: DrillFilter;
}

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    isOwnPath(search['next']) ? { next: search['next'] } : {},
  component: SignInPage,
});

const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (isStatus(error, 401))
        redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href }, throw: true });
      throw error;
    }
  },
  errorComponent: ({ error }) => (
    <main>
      <Failure error={error} onRetry={() => window.location.reload()} page />
    </main>
  ),
});

const queueRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  validateSearch: (search: Record<string, unknown>): QueueSearch => ({
    ...(tabs.includes(search['tab'] as QueueTab) ? { tab: search['tab'] as QueueTab } : {}),
    ...(typeof search['store'] === 'string' && search['store'] ? { store: search['store'] } : {}),
    ...(drillFilters.includes(search['drills'] as DrillFilter) ? { drills: search['drills'] as DrillFilter } : {}),
  }),
  component: QueuePage,
});
const incidentRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/incidents/$incidentId',
  component: IncidentPage,
});
const auditRoute = createRoute({ getParentRoute: () => appRoute, path: '/audit', component: AuditPage });
const estateRoute = createRoute({ getParentRoute: () => appRoute, path: '/estate', component: EstatePage });
const drillsRoute = createRoute({ getParentRoute: () => appRoute, path: '/drills', component: DrillsPage });
const phonesRoute = createRoute({ getParentRoute: () => appRoute, path: '/phones', component: PhonesPage });

const routeTree = rootRoute.addChildren([
  signInRoute,
  appRoute.addChildren([queueRoute, incidentRoute, auditRoute, estateRoute, drillsRoute, phonesRoute]),
]);

/** The console's pages; everything but sign-in needs a session. */
export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    scrollRestoration: true,
    defaultPendingMs: 200,
    defaultPendingComponent: () => <Loading page />,
  });
}

/** A path of this console, never another site that somebody put into the address. */
function isOwnPath(value: unknown): value is string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value);
}
