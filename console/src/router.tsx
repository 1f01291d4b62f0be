import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { rosterSearch } from './admin/roster/search.ts';
import { isStatus } from './api/client.ts';
import type { DrillFilter, QueueTab } from './api/queries.ts';
import { sessionQuery } from './api/queries.ts';
import { AuditPage } from './pages/audit.tsx';
import { auditSearch } from './pages/audit-search.ts';
import { DrillsPage } from './pages/drills.tsx';
import { EstatePage } from './pages/estate.tsx';
import { IncidentPage } from './pages/incident.tsx';
import { PhonesPage } from './pages/phones.tsx';
import { QueuePage } from './pages/queue.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { askSearch, dayFilesSearch, exceptionsSearch } from './tills/search.ts';
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
const historyRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/incidents/$incidentId/history',
  component: lazyRouteComponent(() => import('./history/page.tsx'), 'HistoryPage'),
});
const evidenceRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/incidents/$incidentId/evidence',
  component: lazyRouteComponent(() => import('./evidence/page.tsx'), 'EvidencePage'),
});
const auditRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/audit',
  validateSearch: auditSearch,
  component: AuditPage,
});
const estateRoute = createRoute({ getParentRoute: () => appRoute, path: '/estate', component: EstatePage });
const drillsRoute = createRoute({ getParentRoute: () => appRoute, path: '/drills', component: DrillsPage });
const phonesRoute = createRoute({ getParentRoute: () => appRoute, path: '/phones', component: PhonesPage });

// Setting a company up is rarer than watching the queue, which need not carry it.
const manageRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/manage',
  component: lazyRouteComponent(() => import('./admin/frame.tsx'), 'ManageFrame'),
});
const manageHomeRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./admin/frame.tsx'), 'ManageHome'),
});
const rosterRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/roster',
  validateSearch: rosterSearch,
  component: lazyRouteComponent(() => import('./admin/roster/page.tsx'), 'RosterPage'),
});
const policiesRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/policies',
  component: lazyRouteComponent(() => import('./admin/policies/list.tsx'), 'PoliciesPage'),
});
const policyRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/policies/$policyId',
  component: lazyRouteComponent(() => import('./admin/policies/editor-page.tsx'), 'PolicyPage'),
});
const webhooksRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('./admin/outgoing/list.tsx'), 'WebhooksPage'),
});
const webhookRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/webhooks/$webhookId',
  component: lazyRouteComponent(() => import('./admin/outgoing/webhook-page.tsx'), 'WebhookPage'),
});
const requestsRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/rights',
  component: lazyRouteComponent(() => import('./rights/list-page.tsx'), 'RequestsPage'),
});
const requestRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/rights/$requestId',
  component: lazyRouteComponent(() => import('./rights/request-page.tsx'), 'RequestPage'),
});
const privacyRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/privacy',
  component: lazyRouteComponent(() => import('./rights/privacy-page.tsx'), 'PrivacyPage'),
});
const recipientsRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/recipients',
  component: lazyRouteComponent(() => import('./sharing/recipients-page.tsx'), 'RecipientsPage'),
});
const retentionRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/retention',
  component: lazyRouteComponent(() => import('./retention/page.tsx'), 'RetentionPage'),
});
const usageRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: '/usage',
  component: lazyRouteComponent(() => import('./admin/usage/page.tsx'), 'UsagePage'),
});

// What the tills show by themselves is looked at once a day, mostly by other people than the queue's.
const tillsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/tills',
  component: lazyRouteComponent(() => import('./tills/frame.tsx'), 'TillsFrame'),
});
const tillsHomeRoute = createRoute({
  getParentRoute: () => tillsRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./tills/frame.tsx'), 'TillsHome'),
});
const exceptionsRoute = createRoute({
  getParentRoute: () => tillsRoute,
  path: '/exceptions',
  validateSearch: exceptionsSearch,
  component: lazyRouteComponent(() => import('./tills/exceptions-page.tsx'), 'ExceptionsPage'),
});
const tillReceiptRoute = createRoute({
  getParentRoute: () => tillsRoute,
  path: '/receipts/$storeId/$terminalId/$transactionId',
  component: lazyRouteComponent(() => import('./tills/receipt-page.tsx'), 'ReceiptPage'),
});
const dayFilesRoute = createRoute({
  getParentRoute: () => tillsRoute,
  path: '/day-files',
  validateSearch: dayFilesSearch,
  component: lazyRouteComponent(() => import('./tills/day-files-page.tsx'), 'DayFilesPage'),
});
const askRoute = createRoute({
  getParentRoute: () => tillsRoute,
  path: '/ask',
  validateSearch: askSearch,
  component: lazyRouteComponent(() => import('./tills/ask-page.tsx'), 'AskPage'),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  appRoute.addChildren([
    queueRoute,
    incidentRoute,
    evidenceRoute,
    historyRoute,
    auditRoute,
    estateRoute,
    drillsRoute,
    phonesRoute,
    tillsRoute.addChildren([tillsHomeRoute, exceptionsRoute, tillReceiptRoute, dayFilesRoute, askRoute]),
    manageRoute.addChildren([
      manageHomeRoute,
      rosterRoute,
      policiesRoute,
      policyRoute,
      webhooksRoute,
      webhookRoute,
      recipientsRoute,
      usageRoute,
      retentionRoute,
      requestsRoute,
      requestRoute,
      privacyRoute,
    ]),
  ]),
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
