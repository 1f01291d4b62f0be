import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import type {
  AtOnceActivities,
  EvidenceRecordActivities,
  IncidentActivities,
  MediaActivities,
  NotifyActivities,
  RedactionMediaActivities,
  RedactionRecordActivities,
  RunbookActivities,
  ShareActivities,
} from '../../activities/contracts.ts';
import { countActions, type HistoryEvent } from '../../domain/actions.ts';
import type { IncidentInput } from '../../domain/incident-input.ts';
import { defaultPolicy, type Policy } from '../../domain/policy.ts';
import type { StepOrder } from '../../domain/runbook.ts';
import type { Behaviour, HumanVerdict } from '../../domain/types.ts';
import * as contracts from '../../workflows/contracts.ts';
import { evidenceWorkflowType } from '../../workflows/evidence-contracts.ts';
import { redactionQueue, redactionWorkflowType } from '../../workflows/redaction-contracts.ts';
import { runbookQueue, runbookWorkflowType } from '../../workflows/runbook-contracts.ts';
import { shareQueue, sharingNames } from '../../workflows/share-contracts.ts';
import { createNamespace } from './namespace.ts';
import './quiet-runtime.ts';

/** What the world does in one story; what is left out goes well. */
export type Script = Partial<
  IncidentActivities &
    NotifyActivities &
    AtOnceActivities &
    MediaActivities &
    RedactionMediaActivities &
    RedactionRecordActivities &
    EvidenceRecordActivities &
    RunbookActivities &
    ShareActivities
>;

export interface Call {
  name: keyof Script;
  input: Record<string, unknown>;
  atMs: number;
}

export type Decision = Partial<contracts.DecideCommand> & { verdict: HumanVerdict; updateId?: string };

/** One incident's workflow on the real server, its activities played by a script. */
export interface Story {
  handle: WorkflowHandle;
  input: IncidentInput;
  calls: Call[];
  callsOf(name: keyof Script): Call[];
  /** Waits for the n-th call of an activity. */
  called(name: keyof Script, count?: number, withinMs?: number): Promise<Call>;
  /** Waits for the n-th event of a type: after the first timer, what was sent before is on record. */
  event(eventType: string, count?: number): Promise<void>;
  decide(decision: Decision): Promise<contracts.CommandReply>;
  acknowledge(): Promise<contracts.CommandReply>;
  signal(name: string, payload?: unknown): Promise<void>;
  result(): Promise<unknown>;
  history(): Promise<{ events: (HistoryEvent & Record<string, unknown>)[] }>;
  actions(): Promise<number>;
}

export interface StoryOptions {
  script?: Script;
  behaviour?: Behaviour;
  policy?: Partial<Policy>;
  detectedAgoMs?: number;
  reopened?: IncidentInput['reopened'];
  stepsAtOnce?: true;
}

export interface WorkflowBench {
  client: Client;
  start(options?: StoryOptions): Promise<Story>;
  /** A correction of an incident that has long been closed. */
  startCorrection(script: Script): Promise<Story>;
  /** The runbook of an incident, with what was ordered first. */
  startRunbook(orders: StepOrder[], script?: Script): Promise<Story>;
  /** One version of an incident's masked clip. */
  startRedaction(script?: Script): Promise<Story>;
  /** A recording that is tried again. */
  startEvidence(script?: Script): Promise<Story>;
  /** The sending of a share, or of the notice that follows one. */
  startSharing(what: 'share' | 'notice', script: Script): Promise<Story>;
  close(): Promise<void>;
}

const tenantId = 'demo';
const storeId = 'high-street';
const staff = { actorId: 'phone:sam', role: 'store_staff' };

const secondsPolicy: Policy = {
  ...defaultPolicy,
  posWindow: { beforeMs: 1_000, afterMs: 1_000, feedStaleAfterMs: 60_000 },
  evidence: { preRollMs: 1_000, postRollMs: 1_000, graceMs: 2_000, giveUpAfterMs: 20_000 },
  escalation: [
    { role: 'store_staff', timeoutMs: 2_000 },
    { role: 'store_manager', timeoutMs: 2_000 },
  ],
  acknowledgedTimeoutMs: 3_000,
  reviewTimeoutMs: 120_000,
};

const now = () => new Date().toISOString();

const goesWell: Required<Script> = {
  firstContact: async () => ({
    posVerdict: 'MISMATCH',
    severity: 'medium',
    firstStep: { outcome: 'sent', at: now() },
  }),
  recheckTill: async () => ({ posVerdict: 'MISMATCH' }),
  recordProgress: async () => undefined,
  recordOutcome: async () => ({ purgeAfter: now(), toldPersonIds: [] }),
  splitMerged: async () => undefined,
  correctIncident: async () => ({ toldPersonIds: [] }),
  alertStep: async () => ({ outcome: 'sent', at: now() }),
  alertStepAtOnce: async () => ({ outcome: 'sent', at: now() }),
  secureEvidence: async () => ({ state: 'ready', settledAt: now() }),
  redactClip: async () => ({ state: 'ready' }),
  giveUpRedaction: async () => undefined,
  giveUpEvidence: async () => undefined,
  runStep: async () => ({ state: 'acknowledged' }),
  promptTerminal: async () => ({ state: 'acknowledged' }),
  holdTerminal: async () => ({ ordered: true }),
  releaseTerminal: async () => undefined,
  sendShare: async () => ({ state: 'delivered' }),
  sendShareNotice: async () => ({ state: 'delivered' }),
};

/** Never ends by itself; only the end of the worker or a cancellation that is heard ends it. */
export const neverEnds = (): Promise<never> => Context.current().cancelled;

/** One worker with fake activities in a namespace of its own; stories run side by side in it. */
export async function openWorkflowBench(
  temporalAddress: string,
  workflowBundle: { codePath: string },
): Promise<WorkflowBench> {
  const connection = await Connection.connect({ address: temporalAddress });
  const namespace = await createNamespace(connection);
  const client = new Client({ connection, namespace, identity: 'bench' });
  const native = await NativeConnection.connect({ address: temporalAddress });
  const stories = new Map<string, { calls: Call[]; script: Script }>();

  const play =
    <Name extends keyof Script>(name: Name) =>
    async (input: Record<string, unknown>): Promise<unknown> => {
      const id = input['incidentId'] ?? input['shareId'] ?? input['noticeId'];
      const incidentId = (id ?? (input['incident'] as IncidentInput).incidentId) as string;
      const story = stories.get(incidentId);
      if (!story) throw new Error(`no story of ${incidentId}`);
      story.calls.push({ name, input, atMs: Date.now() });
      const act = (story.script[name] ?? goesWell[name]) as (input: unknown) => Promise<unknown>;
      return act(input);
    };
  const table = (...names: (keyof Script)[]) => Object.fromEntries(names.map((name) => [name, play(name)]));
  const common = { connection: native, namespace, identity: 'bench', shutdownGraceTime: 1 } as const;
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: contracts.incidentQueue,
      workflowBundle,
      activities: table(
        ...(['firstContact', 'recheckTill', 'recordProgress', 'recordOutcome'] as const),
        ...(['splitMerged', 'correctIncident', 'giveUpRedaction', 'alertStepAtOnce'] as const),
        'giveUpEvidence',
      ),
    }),
    Worker.create({ ...common, taskQueue: contracts.notifyQueue, activities: table('alertStep') }),
    Worker.create({
      ...common,
      taskQueue: runbookQueue,
      activities: table('runStep', 'promptTerminal', 'holdTerminal', 'releaseTerminal'),
    }),
    Worker.create({
      ...common,
      taskQueue: contracts.mediaQueue(tenantId, storeId),
      activities: table('secureEvidence'),
    }),
    Worker.create({ ...common, taskQueue: redactionQueue(tenantId, storeId), activities: table('redactClip') }),
    Worker.create({ ...common, taskQueue: shareQueue, activities: table('sendShare', 'sendShareNotice') }),
  ]);
  const runs = workers.map((worker) => worker.run());

  const open = async (workflowType: string, input: IncidentInput, script: Script, args: unknown[]): Promise<Story> => {
    const calls: Call[] = [];
    stories.set(input.incidentId, { calls, script });
    const handle = await client.workflow.start(workflowType, {
      args,
      taskQueue: contracts.incidentQueue,
      workflowId: input.incidentId,
      workflowTaskTimeout: '3s',
    });
    const callsOf = (name: keyof Script) => calls.filter((call) => call.name === name);
    const history = async () =>
      JSON.parse(historyToJSON(await handle.fetchHistory())) as Awaited<ReturnType<Story['history']>>;
    return {
      ...{ handle, input, calls, callsOf, history },
      async called(name, count = 1, withinMs = 12_000) {
        const untilMs = Date.now() + withinMs;
        for (;;) {
          const call = callsOf(name)[count - 1];
          if (call) return call;
          if (Date.now() > untilMs)
            throw new Error(`${name} was called ${callsOf(name).length} times within ${withinMs} ms, not ${count}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      async event(eventType, count = 1) {
        const untilMs = Date.now() + 15_000;
        while ((await history()).events.filter((event) => event.eventType === eventType).length < count) {
          if (Date.now() > untilMs) throw new Error(`there are no ${count} ${eventType}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      },
      decide: ({ updateId = randomUUID(), ...command }) =>
        handle.executeUpdate<contracts.CommandReply, [contracts.DecideCommand]>(contracts.decideUpdateName, {
          updateId,
          args: [{ by: staff, via: 'sms', ...command }],
        }),
      acknowledge: () =>
        handle.executeUpdate<contracts.CommandReply, [contracts.AcknowledgeCommand]>(contracts.acknowledgeUpdateName, {
          args: [{ by: { actorId: 'user:soc', role: 'soc_operator' } }],
        }),
      signal: (name, payload) => (payload === undefined ? handle.signal(name) : handle.signal(name, payload)),
      result: () => handle.result(),
      actions: async () => countActions((await history()).events),
    };
  };

  return {
    client,
    start({ script = {}, behaviour = 'missed_scan', policy = {}, detectedAgoMs = 3_000, reopened, stepsAtOnce } = {}) {
      const input: IncidentInput = {
        ...{ tenantId, storeId, behaviour },
        incidentId: `inc-${randomUUID()}`,
        detectedAt: new Date(Date.now() - detectedAgoMs).toISOString(),
        policy: { ...secondsPolicy, ...policy },
        ...(reopened === undefined ? {} : { reopened }),
        ...(stepsAtOnce ? { stepsAtOnce } : {}),
      };
      return open(contracts.incidentWorkflowType, input, script, [input]);
    },
    startCorrection(script) {
      const incidentId = `inc-${randomUUID()}`;
      const input: IncidentInput = {
        ...{ tenantId, storeId, incidentId, behaviour: 'missed_scan' as const },
        detectedAt: now(),
        policy: secondsPolicy,
      };
      return open(contracts.correctionWorkflowType, input, script, [{ tenantId, incidentId }]);
    },
    startRunbook(orders, script = {}) {
      const incidentId = `inc-${randomUUID()}`;
      const input: IncidentInput = {
        ...{ tenantId, storeId, incidentId, behaviour: 'missed_scan' as const },
        detectedAt: now(),
        policy: secondsPolicy,
      };
      return open(runbookWorkflowType, input, script, [{ tenantId, incidentId, orders }]);
    },
    startRedaction(script = {}) {
      const incidentId = `inc-${randomUUID()}`;
      const input: IncidentInput = {
        ...{ tenantId, storeId, incidentId, behaviour: 'missed_scan' as const },
        detectedAt: now(),
        policy: secondsPolicy,
      };
      return open(redactionWorkflowType, input, script, [{ tenantId, storeId, incidentId, version: 1 }]);
    },
    startEvidence(script = {}) {
      const incidentId = `inc-${randomUUID()}`;
      const input: IncidentInput = {
        ...{ tenantId, storeId, incidentId, behaviour: 'missed_scan' as const },
        detectedAt: now(),
        policy: secondsPolicy,
      };
      return open(evidenceWorkflowType, input, script, [{ tenantId, storeId, incidentId, attempt: 2 }]);
    },
    startSharing(what, script) {
      const incidentId = `inc-${randomUUID()}`;
      const input: IncidentInput = {
        ...{ tenantId, storeId, incidentId, behaviour: 'missed_scan' as const },
        detectedAt: now(),
        policy: secondsPolicy,
      };
      const { shareWorkflowType, noticeWorkflowType } = sharingNames;
      return what === 'share'
        ? open(shareWorkflowType, input, script, [{ tenantId, shareId: incidentId }])
        : open(noticeWorkflowType, input, script, [{ tenantId, noticeId: incidentId }]);
    },
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
      await native.close();
      await connection.close();
    },
  };
}
