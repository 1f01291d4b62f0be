/** No mail server, no pacing worth noticing, and calls that do not ring for long. */
export const testSending = { mailer: null, messagesPerSecond: 1_000, ringTimeoutSeconds: 3 } as const;
