import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { isErrno } from '../tools/lock.ts';

export const PortName = {
  postgres: 'postgres',
  temporal: 'temporal',
  temporalUi: 'temporalUi',
  temporalMetrics: 'temporalMetrics',
  minio: 'minio',
  broker: 'broker',
} as const;
export type PortName = (typeof PortName)[keyof typeof PortName];
export type Ports = Record<PortName, number>;

// Below the range systems hand out for outgoing connections: a client that keeps dialling the port of a stopped
// engine cannot end up connected to itself, and nobody is given the port while the engine restarts.
const firstPort = 20_000;
const lastPort = 32_000;
const attempts = 200;

/** Settles every port: the one asked for (an error if taken), else the remembered one if free, else a free one. */
export async function choosePorts(asked: Partial<Ports>, remembered: Partial<Ports>): Promise<Ports> {
  const taken = new Set<number>(Object.values(asked));
  const chosen: Partial<Ports> = {};
  for (const name of Object.values(PortName)) {
    const wanted = asked[name];
    if (wanted !== undefined) {
      if (!(await isPortFree(wanted))) {
        throw new Error(`port ${wanted}, asked for ${name}, is in use; stop what listens there or choose another`);
      }
      chosen[name] = wanted;
      continue;
    }
    const before = remembered[name];
    const usable = before !== undefined && !taken.has(before) && (await isPortFree(before));
    const port = usable ? before : await findFreePort(taken);
    taken.add(port);
    chosen[name] = port;
  }
  return chosen as Ports;
}

/** Whether a server could listen on this port of the loopback address now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (isErrno(error, 'EADDRINUSE') || isErrno(error, 'EACCES')) resolve(false);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port of the loopback address that nobody listens on and that is not among those taken. */
export async function findFreePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(firstPort, lastPort);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`found no free port between ${firstPort} and ${lastPort} on 127.0.0.1 in ${attempts} attempts`);
}
