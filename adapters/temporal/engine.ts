import {
  Client,
  Connection,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DomainError } from '../../domain/errors.ts';
import {
  correctionWorkflowId,
  evidenceWorkflowId,
  incidentWorkflowId,
  packetWorkflowId,
  redactionWorkflowId,
  runbookWorkflowId,
  shareNoticeWorkflowId,
  shareWorkflowId,
} from '../../domain/ids.ts';
import type { IncidentInput } from '../../domain/incident-input.ts';
import type { StepOrder } from '../../domain/runbook.ts';
import { priorityOf } from '../../domain/severity.ts';
import { type PayloadCipher, PayloadKeyMissing, withCipher } from './payload-codec.ts';

/** Where an incident lives; enough to address its workflow. */
export interface IncidentAddress {
  tenantId: string;
  storeId: string;
  incidentId: string;
  /** Above one after a reopening. */
  run?: number;
}

/** A share to be sent, or the notice that follows one; `round` counts the tries that a person ordered. */
export type SharingOrder = { shareId: string; round: number } | { noticeId: string; round: number };

export interface EngineNames {
  incidentQueue: string;
  incidentWorkflowType: string;
  correctionWorkflowType: string;
  runbookWorkflowType: string;
  packetWorkflowType: string;
  redactionWorkflowType: string;
  sharing: { shareWorkflowType: string; noticeWorkflowType: string; tryNowSignal: string };
  evidenceWorkflowType: string;
}

/** The workflow engine as the API sees it. Every call has a deadline; one that fails as temporary may be repeated with the same ids. */
export interface IncidentEngine {
  start(input: IncidentInput): Promise<void>;
  /** False: the workflow has ended, so the caller must find another way. */
  signal(address: IncidentAddress, name: string, payload?: unknown): Promise<boolean>;
  /** The same `updateId` again gives the first answer, even after the end. Refusals are CONFLICT with the refusal's words. */
  update<Reply>(address: IncidentAddress, name: string, command: unknown, updateId: string): Promise<Reply>;
  /** `key` names what asked for it, so that asking again starts nothing; `round` is set when a person corrected the record. */
  startCorrection(address: IncidentAddress, correction: { key: string; round?: number }): Promise<void>;
  /** Has steps of the incident's runbook carried out, one after the other; the same orders again start nothing. */
  orderSteps(address: IncidentAddress, orders: readonly StepOrder[]): Promise<void>;
  /** Has one version of the incident's masked clip made; the same version again starts nothing. */
  startRedaction(address: IncidentAddress, version: number): Promise<void>;
  /** Has a recording tried again; the same attempt again starts nothing. */
  secureAgain(address: IncidentAddress, attempt: number): Promise<void>;
  /** Has a packet built; the same packet again starts nothing. */
  buildPacket(address: IncidentAddress, packetId: string): Promise<void>;
  /** Has a share or notice sent; of one that waits the wait ends. */
  send(address: IncidentAddress, order: SharingOrder): Promise<void>;
  /** Throws DEPENDENCY_TEMPORARY unless a worker polls the incident queue. */
  assertReady(): Promise<void>;
  close(): Promise<void>;
}

const callTimeoutMs = 5_000;
/** How soon the work of a killed worker is given to another; with less, work under a backlog is thrown away half done. */
const workflowTaskTimeout = '3s';

export async function openEngine(options: {
  address: string;
  namespace: string;
  names: EngineNames;
  identity: string;
  cipher: PayloadCipher | null;
}): Promise<IncidentEngine> {
  const connection = await Connection.connect({ address: options.address, connectTimeout: 10_000 });
  const { namespace, identity } = options;
  const client = new Client({ connection, namespace, identity, ...withCipher(options.cipher) });
  return engineOf(client, connection, options.names);
}

export function engineOf(client: Client, connection: Connection, names: EngineNames): IncidentEngine {
  const handleOf = (address: IncidentAddress) =>
    client.workflow.getHandle(incidentWorkflowId(address.tenantId, address.storeId, address.incidentId, address.run));
  const bounded = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await client.withDeadline(Date.now() + callTimeoutMs, call);
    } catch (error) {
      throw translate(error);
    }
  };
  return {
    async start(input) {
      await bounded(async () => {
        try {
          await client.workflow.start(names.incidentWorkflowType, {
            args: [input],
            taskQueue: names.incidentQueue,
            workflowId: incidentWorkflowId(input.tenantId, input.storeId, input.incidentId, input.reopened?.run),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowTaskTimeout,
            priority: {
              priorityKey: priorityOf(input.behaviour),
              fairnessKey: `${input.tenantId}/${input.storeId}`.slice(0, 64),
            },
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      });
    },
    signal: (address, name, payload) =>
      bounded(async () => {
        try {
          await (payload === undefined ? handleOf(address).signal(name) : handleOf(address).signal(name, payload));
          return true;
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return false;
          throw error;
        }
      }),
    update: <Reply>(address: IncidentAddress, name: string, command: unknown, updateId: string) =>
      bounded(() => handleOf(address).executeUpdate<Reply, [unknown]>(name, { args: [command], updateId })),
    async startCorrection(address, { key, round }) {
      await bounded(async () => {
        const workflowId = correctionWorkflowId(address.tenantId, address.storeId, address.incidentId, key);
        try {
          await client.workflow.start(names.correctionWorkflowType, {
            args: [
              {
                tenantId: address.tenantId,
                incidentId: address.incidentId,
                ...(round === undefined ? {} : { round }),
              },
            ],
            taskQueue: names.incidentQueue,
            workflowId,
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowTaskTimeout,
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      });
    },
    async orderSteps({ tenantId, storeId, incidentId }, orders) {
      const [first] = orders;
      if (!first) return;
      await bounded(async () => {
        try {
          await client.workflow.start(names.runbookWorkflowType, {
            args: [{ tenantId, incidentId, orders }],
            taskQueue: names.incidentQueue,
            workflowId: runbookWorkflowId(tenantId, storeId, incidentId, first),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowTaskTimeout,
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      });
    },
    async startRedaction({ tenantId, storeId, incidentId }, version) {
      await bounded(async () => {
        try {
          await client.workflow.start(names.redactionWorkflowType, {
            args: [{ tenantId, storeId, incidentId, version }],
            taskQueue: names.incidentQueue,
            workflowId: redactionWorkflowId(tenantId, storeId, incidentId, version),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowTaskTimeout,
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      });
    },
    async secureAgain({ tenantId, storeId, incidentId }, attempt) {
      await bounded(async () => {
        try {
          await client.workflow.start(names.evidenceWorkflowType, {
            args: [{ tenantId, storeId, incidentId, attempt }],
            taskQueue: names.incidentQueue,
            workflowId: evidenceWorkflowId(tenantId, storeId, incidentId, attempt),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowTaskTimeout,
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      });
    },
    async buildPacket({ tenantId, storeId }, packetId) {
      await bounded(async () => {
        try {
          await client.workflow.start(names.packetWorkflowType, {
            args: [{ tenantId, packetId }],
            taskQueue: names.incidentQueue,
            workflowId: packetWorkflowId(tenantId, storeId, packetId),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowTaskTimeout,
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      });
    },
    async send({ tenantId, storeId }, order) {
      const { shareWorkflowType, noticeWorkflowType, tryNowSignal } = names.sharing;
      const isShare = 'shareId' in order;
      await bounded(async () => {
        try {
          await client.workflow.signalWithStart(isShare ? shareWorkflowType : noticeWorkflowType, {
            args: [isShare ? { tenantId, shareId: order.shareId } : { tenantId, noticeId: order.noticeId }],
            taskQueue: names.incidentQueue,
            workflowId: isShare
              ? shareWorkflowId(tenantId, storeId, order.shareId, order.round)
              : shareNoticeWorkflowId(tenantId, storeId, order.noticeId, order.round),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowTaskTimeout,
            signal: tryNowSignal,
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      });
    },
    async assertReady() {
      const { pollers } = await bounded(() =>
        connection.workflowService.describeTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name: names.incidentQueue },
          taskQueueType: 1,
        }),
      );
      const freshAfterMs = Date.now() - 120_000;
      const fresh = (pollers ?? []).some((poller) => Number(poller.lastAccessTime?.seconds ?? 0) * 1000 > freshAfterMs);
      if (!fresh)
        throw new DomainError(
          'DEPENDENCY_TEMPORARY',
          'No worker polls the incident queue: start one with `floorwalker worker`.',
        );
    },
    close: () => connection.close(),
  };
}

function translate(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    return new DomainError('CONFLICT', error.cause.message, { cause: error });
  }
  if (error instanceof WorkflowNotFoundError)
    return new DomainError('CONFLICT', 'This incident is already closed.', { cause: error });
  // Whoever asks again long after it was answered: the answer went with the evidence.
  if (error instanceof PayloadKeyMissing)
    return new DomainError('CONFLICT', 'This incident is closed, and its evidence was deleted.', { cause: error });
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isServiceError(error)) {
    return new DomainError(
      'DEPENDENCY_TEMPORARY',
      'The workflow engine is not answering. Nothing was lost; try again shortly.',
      { cause: error, retryAfterMs: 2_000 },
    );
  }
  return error;
}

/** gRPC's own failures: unavailable, deadline, cancelled, exhausted and their like. */
function isServiceError(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ServiceError' || 'code' in error || isServiceError(error.cause));
}
