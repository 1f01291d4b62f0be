import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { PacketActivities } from '../activities/contracts.ts';
import { type PacketInput, packetQueue } from './packet-contracts.ts';

/** Hours of video at the speed of a slow disk; a worker that was killed is missed by its heartbeats. */
const build = proxyActivities<Pick<PacketActivities, 'buildPacket'>>({
  taskQueue: packetQueue,
  startToCloseTimeout: '30m',
  heartbeatTimeout: '30s',
  scheduleToCloseTimeout: '6h',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});
const settle = proxyActivities<Pick<PacketActivities, 'failPacket'>>({
  taskQueue: packetQueue,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '7d',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/** Builds one packet. That it could not be built is an outcome that people see, and never a packet with less in it. */
export async function packetWorkflow(input: PacketInput): Promise<{ state: 'ready' | 'failed' }> {
  try {
    return await build.buildPacket(input);
  } catch (error) {
    if (isCancellation(error)) throw error;
    await settle.failPacket(input);
    return { state: 'failed' };
  }
}
