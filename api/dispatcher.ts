import pMap from 'p-map';
import type { Database } from '../adapters/postgres/database.ts';
import type { IncidentEngine, SharingOrder } from '../adapters/temporal/engine.ts';
import { DomainError } from '../domain/errors.ts';
import type { IncidentInput } from '../domain/incident-input.ts';
import type { StepOrder } from '../domain/runbook.ts';
import type { Actor } from '../domain/types.ts';
import type { ServiceContext } from '../services/context.ts';
import {
  type OutboxRow,
  readIncidentInput,
  readOutbox,
  settleOutbox,
  settleStart,
  splitDetection,
} from '../services/outbox/drain.ts';
import { listTenantIds } from '../services/retention/purge.ts';
import {
  decideUpdateName,
  detectionMergedSignalName,
  mandatoryStepsSignalName,
  receiptSignalName,
  terminalReleaseSignalName,
  undeliveredSignalName,
} from '../workflows/contracts.ts';

export interface DispatcherDependencies {
  db: Database;
  engine: IncidentEngine;
  now: () => string;
  onError: (error: unknown, about: { tenantId?: string; incidentId?: string }) => void;
}

export interface Dispatcher {
  /** Starts the workflow of a new incident; resolves only once it is durable. */
  start(input: IncidentInput): Promise<void>;
  /** Tells the engine everything that waits for one incident, in order. */
  dispatch(tenantId: string, incidentId: string): Promise<void>;
  /** Picks up what a crash or an outage left behind. */
  sweep(): Promise<number>;
}

const sweepOlderThanMs = 1_000;
const sweepLimit = 500;
/** An engine that is behind takes its time over each; a hundred that wait for it must not wait for each other. */
const toldAtOnce = 8;

const dispatcherActor = (tenantId: string): Actor => ({
  id: 'system:dispatcher',
  displayName: 'Floorwalker',
  role: 'system',
  tenantId,
  storeIds: null,
});

/** Carries the outbox to the workflow engine. Each step may run twice: starts and updates carry ids, signals are idempotent. */
export function createDispatcher(deps: DispatcherDependencies): Dispatcher {
  const context = (tenantId: string): ServiceContext => ({
    db: deps.db,
    now: deps.now,
    actor: dispatcherActor(tenantId),
  });

  const deliver = async (ctx: ServiceContext, row: OutboxRow): Promise<void> => {
    const input = await readIncidentInput(ctx, row.incidentId);
    const { tenantId, storeId, incidentId } = input;
    const run = input.reopened?.run;
    const address = { tenantId, storeId, incidentId, ...(run === undefined ? {} : { run }) };
    switch (row.kind) {
      case 'start':
      case 'reopen':
        return deps.engine.start(input);
      case 'merged': {
        const dedupKey = String(row.payload['dedupKey']);
        if (await deps.engine.signal(address, detectionMergedSignalName, { dedupKey })) return;
        const split = await splitDetection(ctx, { incidentId, dedupKey, because: 'INCIDENT_ALREADY_CLOSED' });
        return dispatch(tenantId, split.incidentId);
      }
      case 'receipt':
        if (!(await deps.engine.signal(address, receiptSignalName)))
          await deps.engine.startCorrection(address, { key: `receipt-${row.id}` });
        return;
      case 'undelivered':
        await deps.engine.signal(address, undeliveredSignalName, {
          step: Number(row.payload['step']),
          round: Number(row.payload['round'] ?? 0),
        });
        return;
      case 'correction': {
        const round = Number(row.payload['round']);
        return deps.engine.startCorrection(address, { key: `person-${round}`, round });
      }
      case 'terminal_release':
        // One that has ended has let the till go.
        await deps.engine.signal(address, terminalReleaseSignalName);
        return;
      case 'mandatory_steps':
        await deps.engine.signal(address, mandatoryStepsSignalName, { open: Number(row.payload['open']) });
        return;
      case 'runbook':
      case 'runbook_command':
        return deps.engine.orderSteps(address, row.payload['orders'] as StepOrder[]);
      case 'packet':
        return deps.engine.buildPacket(address, String(row.payload['packetId']));
      case 'secure':
        return deps.engine.secureAgain(address, Number(row.payload['attempt']));
      case 'share':
        return deps.engine.send(address, row.payload as SharingOrder);
      case 'redact':
        return deps.engine.startRedaction(address, Number(row.payload['version']));
      case 'decide':
        // A refusal is an answer too: somebody else decided first.
        await deps.engine
          .update(address, decideUpdateName, row.payload['command'], String(row.payload['updateId']))
          .catch((error: unknown) => {
            if (!(error instanceof DomainError) || error.code !== 'CONFLICT') throw error;
          });
    }
  };

  const dispatch = async (tenantId: string, incidentId: string): Promise<void> => {
    const ctx = context(tenantId);
    for (const row of await readOutbox(ctx, { incidentId })) {
      await deliver(ctx, row);
      await settleOutbox(ctx, [row.id]);
    }
  };

  return {
    async start(input) {
      await deps.engine.start(input);
      // Durable already; a row that stays behind is only started once more, which changes nothing.
      settleStart(context(input.tenantId), input.incidentId).catch((error: unknown) =>
        deps.onError(error, { incidentId: input.incidentId }),
      );
    },
    dispatch,
    async sweep() {
      let told = 0;
      for (const tenantId of await listTenantIds(deps.db)) {
        const rows = await readOutbox(context(tenantId), { olderThanMs: sweepOlderThanMs, limit: sweepLimit });
        const tell = async (incidentId: string) => {
          try {
            await dispatch(tenantId, incidentId);
            told += 1;
          } catch (error) {
            deps.onError(error, { tenantId, incidentId });
          }
        };
        await pMap(new Set(rows.map((row) => row.incidentId)), tell, { concurrency: toldAtOnce });
      }
      return told;
    },
  };
}

/** What a worker ordered is told to the engine when the database announces it; what fails here is the sweep's. */
export function orderListener(
  dispatcher: Dispatcher,
  onError: DispatcherDependencies['onError'],
): (payload: string) => void {
  return (payload) => {
    const { tenantId, incidentId } = JSON.parse(payload) as { tenantId: string; incidentId: string };
    dispatcher.dispatch(tenantId, incidentId).catch((error: unknown) => onError(error, { tenantId, incidentId }));
  };
}

/** Sweeps again and again until told to stop; a failing round is reported and the next one tries again. */
export async function runSweeps(
  dispatcher: Dispatcher,
  options: { everyMs: number; signal: AbortSignal; onError: DispatcherDependencies['onError'] },
): Promise<void> {
  while (!options.signal.aborted) {
    await dispatcher.sweep().catch((error: unknown) => options.onError(error, {}));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, options.everyMs);
      function done() {
        clearTimeout(timer);
        options.signal.removeEventListener('abort', done);
        resolve();
      }
      options.signal.addEventListener('abort', done, { once: true });
    });
  }
}
