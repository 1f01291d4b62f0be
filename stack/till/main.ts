/** The till simulator as a process: plays its tape for every playback that the camera announces, and beats in between. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import mqtt from 'mqtt';
import { z } from 'zod';
import type { PosEvent } from '../../domain/types.ts';
import { beat, playLines } from './play.ts';
import { parseTape } from './tape.ts';

const fail = (message: string): never => {
  console.error(`The till simulator cannot start: ${message}`);
  process.exit(2);
};
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const options = (() => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { 'mqtt-url': text, tenant: text, store: text, terminal: text, camera: text, tape: text },
  });
  const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and dashes');
  const flags = z.object({ 'mqtt-url': z.url(), tenant: id, store: id, terminal: id, camera: id, tape: z.string() });
  // From the environment it is in no process list, with its password.
  const parsed = flags.safeParse({ 'mqtt-url': process.env['MQTT_URL'], ...values });
  return parsed.success ? parsed.data : fail(`\n${z.prettifyError(parsed.error)}`);
})();

const tape = (() => {
  try {
    return parseTape(readFileSync(options.tape, 'utf8'));
  } catch (error) {
    return fail(`${options.tape}: ${reasonOf(error)}`);
  }
})();

const root = `floorwalker/${options.tenant}/${options.store}`;
const playbackTopic = `${root}/cameras/${options.camera}/playback`;
const playbackMessage = z.object({ mediaStartAt: z.iso.datetime({ offset: true }) });

const stopping = new AbortController();
const client = mqtt.connect(options['mqtt-url'], {
  protocolVersion: 5,
  clientId: `till-${options.tenant}-${options.store}-${options.terminal}`,
  reconnectPeriod: 1_000,
});
const till = {
  storeId: options.store,
  terminalId: options.terminal,
  signal: stopping.signal,
  publish: async (event: PosEvent) => {
    await client.publishAsync(`${root}/pos`, JSON.stringify(event), { qos: 1 });
  },
};

const seen = new Set<string>();

/** A retained announcement comes again after every reconnection; an earlier playback is left to finish its last lines. */
function onPlayback(payload: Buffer): void {
  const mediaStartAt = mediaStartAtOf(payload.toString('utf8'));
  if (mediaStartAt === null) {
    console.error(`till: ${playbackTopic} must hold { "mediaStartAt": an ISO instant }; ignored what it holds`);
    return;
  }
  if (seen.has(mediaStartAt)) return;
  seen.clear();
  seen.add(mediaStartAt);
  playLines({ ...till, tape, mediaStartAt }).catch(onFailure);
}

function mediaStartAtOf(json: string): string | null {
  try {
    return playbackMessage.parse(JSON.parse(json)).mediaStartAt;
  } catch {
    return null;
  }
}

/** A publication fails only when the client is ended or the broker refuses it. */
const onFailure = (error: unknown) => {
  if (!stopping.signal.aborted) console.error(`till: a line could not be published: ${reasonOf(error)}`);
};

client.on('message', (topic, payload) => {
  if (topic === playbackTopic) onPlayback(payload);
});
client.on('error', (error) => console.error(`till: ${options['mqtt-url'].replace(/\/\/.*@/, '//')}: ${error.message}`));
client.subscribe(playbackTopic, { qos: 1 }, (error) => {
  if (error) console.error(`till: cannot subscribe to ${playbackTopic}: ${error.message}`);
  else console.log(JSON.stringify({ ready: true, lines: tape.length, playbackTopic }));
});
beat(till).catch(onFailure);

const stop = () => {
  stopping.abort();
  client.endAsync().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error('till: stopping failed:', error);
      process.exit(1);
    },
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
