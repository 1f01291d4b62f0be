import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

// Imported for its effect: faults are what these tests are about, and each would be logged with its stack.
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: {
    logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }), forward: {} },
  },
});
