import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';

export const adminKeys = {
  policies: ['policies'] as const,
  storePolicies: ['store-policies'] as const,
  people: ['people'] as const,
  shifts: ['shifts'] as const,
  holidays: ['holidays'] as const,
  webhooks: ['webhooks'] as const,
  usage: ['usage'] as const,
  prices: ['prices'] as const,
};

export const policiesQuery = queryOptions({
  queryKey: adminKeys.policies,
  queryFn: () => expectData(api.GET('/v1/policies')),
});

export const policyQuery = (policyId: string) =>
  queryOptions({
    queryKey: [...adminKeys.policies, policyId],
    queryFn: () => expectData(api.GET('/v1/policies/{policyId}', { params: { path: { policyId } } })),
  });

export const policyVersionQuery = (policyId: string, version: number) =>
  queryOptions({
    queryKey: [...adminKeys.policies, policyId, version],
    queryFn: () =>
      expectData(api.GET('/v1/policies/{policyId}/versions/{version}', { params: { path: { policyId, version } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const validationQuery = (policyId: string, source: string) =>
  queryOptions({
    queryKey: ['policy-validation', policyId, source],
    queryFn: () => expectData(api.POST('/v1/policies/validate', { body: { source, id: policyId } })),
    enabled: source.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10_000,
  });

export const storePolicyQuery = (storeId: string) =>
  queryOptions({
    queryKey: [...adminKeys.storePolicies, storeId],
    queryFn: () => expectData(api.GET('/v1/stores/{storeId}/policy', { params: { path: { storeId } } })),
  });

export const riskGroupQuery = (riskGroupId: string) =>
  queryOptions({
    queryKey: [...adminKeys.storePolicies, 'group', riskGroupId],
    queryFn: () => expectData(api.GET('/v1/risk-groups/{riskGroupId}', { params: { path: { riskGroupId } } })),
  });

export const peopleQuery = queryOptions({
  queryKey: adminKeys.people,
  queryFn: () => expectData(api.GET('/v1/people', { params: { query: {} } })),
});

/** All shifts that touch the range, however many pages they take. */
export const shiftsQuery = (storeId: string, from: string, to: string) =>
  queryOptions({
    queryKey: [...adminKeys.shifts, storeId, from, to],
    queryFn: async () => {
      const shifts: Schemas['Shift'][] = [];
      for (let cursor: string | undefined; ; ) {
        const query = { storeId, from, to, limit: 200, ...(cursor ? { cursor } : {}) };
        const page = await expectData(api.GET('/v1/shifts', { params: { query } }));
        shifts.push(...page.items);
        if (page.nextCursor === null) return shifts;
        cursor = page.nextCursor;
      }
    },
    enabled: storeId !== '',
    placeholderData: keepPreviousData,
  });

export const gapsQuery = (storeId: string, from: string, to: string) =>
  queryOptions({
    queryKey: [...adminKeys.shifts, 'gaps', storeId, from, to],
    queryFn: () => expectData(api.GET('/v1/shifts/gaps', { params: { query: { storeId, from, to } } })),
    enabled: storeId !== '',
    placeholderData: keepPreviousData,
  });

export const holidaysQuery = (filter: { storeId?: string; from: string; to?: string }) =>
  queryOptions({
    queryKey: [...adminKeys.holidays, filter],
    queryFn: () => expectData(api.GET('/v1/holidays', { params: { query: filter } })),
    placeholderData: keepPreviousData,
  });

export const webhooksQuery = queryOptions({
  queryKey: adminKeys.webhooks,
  queryFn: () => expectData(api.GET('/v1/webhooks')),
  refetchInterval: 10_000,
});

export const webhookQuery = (webhookId: string) =>
  queryOptions({
    queryKey: [...adminKeys.webhooks, webhookId],
    queryFn: () => expectData(api.GET('/v1/webhooks/{webhookId}', { params: { path: { webhookId } } })),
    refetchInterval: 5_000,
  });

export const deliveriesQuery = (webhookId: string, state: Schemas['WebhookDeliveryState'] | null) =>
  infiniteQueryOptions({
    queryKey: [...adminKeys.webhooks, webhookId, 'deliveries', state],
    queryFn: ({ pageParam }) =>
      expectData(
        api.GET('/v1/webhooks/{webhookId}/deliveries', {
          params: {
            path: { webhookId },
            query: { limit: 50, ...(state ? { state } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: 5_000,
  });

export const usageQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: [...adminKeys.usage, from, to],
    queryFn: () => expectData(api.GET('/v1/usage', { params: { query: { from, to } } })),
    placeholderData: keepPreviousData,
  });

export const pricesQuery = queryOptions({
  queryKey: adminKeys.prices,
  queryFn: () => expectData(api.GET('/v1/usage/prices')),
});
