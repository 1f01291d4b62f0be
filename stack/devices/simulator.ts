import { connectAsync, type MqttClient } from 'mqtt';
import { z } from 'zod';
import { createHolds } from './holds.ts';

/** How a device of the simulator answers. `dead` hears nothing, `refuse` says no, `slow` does it and answers late. */
const deviceMoods = ['well', 'slow', 'dead', 'refuse'] as const;

const knob = z.object({ mood: z.enum(deviceMoods), delayMs: z.number().int().min(0).max(120_000).optional() });
type Knob = z.infer<typeof knob>;

const command = z.object({
  commandId: z.string().min(1).max(200),
  action: z.string().min(1).max(40),
  message: z.string().max(500),
  drill: z.boolean(),
  expiresAt: z.iso.datetime({ offset: true }),
  about: z.string().max(100).optional(),
  forMs: z.number().int().positive().optional(),
  releases: z.string().min(1).max(200).optional(),
});
type Command = z.infer<typeof command>;

interface CarriedOut extends Command {
  target: string;
  at: string;
}

export interface DeviceSimulator {
  /** What was done, oldest first; a command that came twice was done once. */
  carriedOut: readonly CarriedOut[];
  /** Whether a terminal keeps its payments waiting, or calls the attendant, at this moment. */
  holds(target: string): { blocked: boolean; attending: boolean };
  /** Turns a device's knob, as anybody may by publishing to its `knob` topic. */
  turn(target: string, to: Knob): Promise<void>;
  close(): Promise<void>;
}

const defaultDelayMs = 15_000;

/**
 * Terminal screens, signs, an intercom and a door of one store, over a real broker: each does what it is told once,
 * shows it on its retained `state` topic, and acknowledges, unless its retained `knob` says otherwise. A terminal that
 * waits for an attendant lets go by itself when its time is over, whether or not anybody tells it.
 */
export async function startDevices(options: {
  mqttUrl: string;
  tenantId: string;
  storeId: string;
  targets: readonly string[];
  onProblem: (problem: string) => void;
}): Promise<DeviceSimulator> {
  const root = `floorwalker/${options.tenantId}/${options.storeId}/devices`;
  const carriedOut: CarriedOut[] = [];
  const answered = new Map<string, { ok: boolean; detail?: string }>();
  const knobs = new Map<string, Knob>();
  const timers = new Set<NodeJS.Timeout>();
  const held = createHolds();
  const client: MqttClient = await connectAsync(options.mqttUrl, {
    protocolVersion: 5,
    clientId: `devices-${options.tenantId}-${options.storeId}-${process.pid}`,
    reconnectPeriod: 1_000,
  });
  client.on('error', (error) => options.onProblem(error.message));

  const publish = (target: string, what: 'ack' | 'state', value: unknown, retain = false) => {
    client
      .publishAsync(`${root}/${target}/${what}`, JSON.stringify(value), { qos: 1, retain })
      .catch((error: Error) => options.onProblem(`${what} of ${target}: ${error.message}`));
  };

  const obey = (target: string, told: Command) => {
    const { mood, delayMs } = knobs.get(target) ?? { mood: 'well' };
    if (mood === 'dead') return;
    if (!answered.has(told.commandId)) {
      const at = new Date().toISOString();
      if (mood === 'refuse') answered.set(told.commandId, { ok: false, detail: 'told to refuse' });
      else if (at > told.expiresAt) answered.set(told.commandId, { ok: false, detail: 'expired' });
      else {
        answered.set(told.commandId, { ok: true });
        carriedOut.push({ ...told, target, at });
        const show = () => publish(target, 'state', { ...told, target, at, ...held.of(target) }, true);
        held.obey(target, told, show);
        show();
      }
    }
    const answer = () => publish(target, 'ack', { commandId: told.commandId, ...answered.get(told.commandId) });
    if (mood !== 'slow') return answer();
    const timer = setTimeout(() => {
      timers.delete(timer);
      answer();
    }, delayMs ?? defaultDelayMs);
    timers.add(timer);
  };

  client.on('message', (topic, payload) => {
    const [target, what] = topic.slice(root.length + 1).split('/');
    if (target === undefined || !options.targets.includes(target)) return;
    const text = payload.toString('utf8');
    // An empty retained knob is how one is taken back.
    if (what === 'knob' && text === '') return void knobs.delete(target);
    const parsed = (what === 'knob' ? knob : command).safeParse(jsonOf(text));
    if (!parsed.success) return options.onProblem(`${topic}: ${z.prettifyError(parsed.error)}`);
    if (what === 'knob') knobs.set(target, parsed.data as Knob);
    else obey(target, parsed.data as Command);
  });
  await client.subscribeAsync([`${root}/+/knob`, `${root}/+/command`], { qos: 1 });

  return {
    carriedOut,
    holds: held.of,
    async turn(target, to) {
      knobs.set(target, to);
      await client.publishAsync(`${root}/${target}/knob`, JSON.stringify(to), { qos: 1, retain: true });
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      held.close();
      await client.endAsync(true);
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
