import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { isStatus } from './api/client.ts';
import { keys } from './api/queries.ts';
import { createAppRouter } from './router.tsx';
import { cssVariables, theme } from './theme.ts';
import { ShortcutProvider } from './ui/shortcuts.tsx';

const leaveWhenSignedOut = (error: unknown) => {
  if (!isStatus(error, 401) || router.state.location.pathname === '/sign-in') return;
  queryClient.removeQueries({ queryKey: keys.session });
  void router.navigate({ to: '/sign-in', search: { next: router.state.location.href } });
};

const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
  mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays a refusal; only silence and trouble on the other side are worth asking again.
      retry: (failures, error) =>
        failures < 2 && !(isStatus(error, 401) || isStatus(error, 403) || isStatus(error, 404)),
      retryDelay: (failures) => 600 * 2 ** failures,
    },
  },
});

const router = createAppRouter(queryClient);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="dark">
      <QueryClientProvider client={queryClient}>
        <ShortcutProvider>
          <RouterProvider router={router} />
        </ShortcutProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
