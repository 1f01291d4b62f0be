import { pino } from 'pino';

export type Logger = ReturnType<typeof openLogger>;

/** JSON lines on stdout. Phone numbers, keys and texts never belong in a log call; the redaction is the second net. */
export function openLogger(name: string, level: string) {
  return pino({
    name,
    level,
    redact: {
      paths: [
        '*.authorization',
        '*.cookie',
        '*.apiKey',
        '*.token',
        '*.password',
        '*.secretKey',
        '*.authToken',
        '*.phone',
        '*.to',
        '*.body',
        'req.headers',
      ],
      censor: '[redacted]',
    },
    serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
  });
}
