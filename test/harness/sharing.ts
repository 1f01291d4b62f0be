import { createConnectors } from '../../adapters/recipients/connectors.ts';
import { createExchange } from '../../adapters/webhooks/exchange.ts';

/** Recipients on this machine, in seconds instead of hours, and packets in parts of which there is more than one. */
export const testSharing = {
  connectors: createConnectors(
    createExchange({ silenceMs: 1_500, maxAnswerBytes: 64 * 1_024, anyAddress: true, ownHosts: [] }),
    { partBytes: 64 * 1_024 },
  ),
  rules: {
    retry: { firstDelayMs: 100, longestDelayMs: 400, maxAttempts: 30, giveUpAfterMs: 60_000 },
    circuit: { opensAfter: 3, firstPauseMs: 30_000, longestPauseMs: 60_000, probeMs: 3_000 },
  },
};
