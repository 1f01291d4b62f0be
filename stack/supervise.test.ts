import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLedger } from './engines/ledger.ts';
import { type SupervisedProcess, type SuperviseOptions, superviseProcess } from './supervise.ts';
import { identifyProcess, isRunning } from './tools/lock.ts';

let dir: string;
let started: SupervisedProcess[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'floorwalker-supervise-'));
});
afterEach(async () => {
  await Promise.all(started.map((each) => each.stop()));
  started = [];
  await rm(dir, { recursive: true, force: true });
});

function supervise(script: string, options: Partial<SuperviseOptions> = {}): SupervisedProcess {
  const supervised = superviseProcess({
    name: 'sample',
    command: '/bin/sh',
    args: ['-c', script],
    env: { PATH: process.env['PATH'] },
    logFile: join(dir, 'sample.log'),
    readyLine: 'here',
    ...options,
  });
  started.push(supervised);
  return supervised;
}

const alive = (pid: number) => identifyProcess(pid) !== undefined;

it('is ready at its line, stops on request, and leaves nothing of its group', async () => {
  const sample = supervise('sleep 60 & echo $!; echo here; wait');
  await sample.start();
  const childPid = Number.parseInt(await readFile(join(dir, 'sample.log'), 'utf8'), 10);
  expect(alive(childPid)).toBe(true);
  await sample.stop();
  expect(sample.state).toBe('stopped');
  await expect.poll(() => alive(childPid)).toBe(false);
});

it('kills what ignores the request to stop', async () => {
  const sample = supervise("trap '' TERM; echo here; while :; do sleep 0.05; done", { stopTimeoutMs: 100 });
  await sample.start();
  const pid = sample.pid!;
  await sample.stop();
  expect(alive(pid)).toBe(false);
});

it('comes back after a crash, as another process, when told to', async () => {
  const states: string[] = [];
  const sample = supervise('echo here; exec sleep 60', { restart: true, onState: (state) => states.push(state) });
  await sample.start();
  const firstPid = sample.pid!;
  sample.kill();
  await expect.poll(() => sample.state).toBe('restarting');
  await sample.whenReady();
  expect(sample.pid).not.toBe(firstPid);
  expect(states).toEqual(['starting', 'ready', 'restarting', 'starting', 'ready']);
});

it('stands behind others when it is told to', async () => {
  const sample = supervise('echo here; exec sleep 60', { niceness: 5 });
  await sample.start();
  expect(getPriority(sample.pid!)).toBe(Math.min(19, getPriority() + 5));
});

it.skipIf(process.getuid?.() !== 0).each([
  ['behind everybody else', 10],
  ['before everybody else', -10],
])('starts again %s, and is as urgent as they are once it is ready', async (_, restartNiceness) => {
  const niceness = 'cut -d" " -f19 /proc/self/stat';
  const sample = supervise(`${niceness}; echo here; sleep 60`, { restart: true, restartNiceness });
  await sample.start();
  sample.kill('SIGKILL');
  await expect
    .poll(async () => (await readFile(join(dir, 'sample.log'), 'utf8')).match(/^-?\d+$/gm))
    .toEqual([getPriority(), Math.max(-20, Math.min(19, getPriority() + restartNiceness))].map(String));
  await expect.poll(() => sample.state).toBe('ready');
  expect(getPriority(sample.pid!)).toBe(getPriority());
});

it('stays down after a crash when not told to restart', async () => {
  const sample = supervise('echo here; exec sleep 60');
  await sample.start();
  sample.kill();
  await expect.poll(() => sample.state).toBe('failed');
  await expect(sample.whenReady()).rejects.toThrow(/SIGKILL/);
});

it('fails to start with the words the process left', async () => {
  await expect(supervise('echo the disk is full; exit 3').start()).rejects.toThrow(/status 3[\s\S]*the disk is full/);
  await expect(supervise('', { command: '/nonexistent' }).start()).rejects.toThrow(/ENOENT/);
  await expect(supervise('exec sleep 60', { readyTimeoutMs: 100 }).start()).rejects.toThrow(/not ready within 0.1 s/);
});

it('can be stopped while it starts', async () => {
  const sample = supervise('exec sleep 60');
  const starting = sample.start();
  await expect.poll(() => sample.pid).toBeDefined();
  const pid = sample.pid!;
  await sample.stop();
  await expect(starting).rejects.toThrow(/stopped while it started/);
  expect(alive(pid)).toBe(false);
});

it('a later supervisor finds and stops what a killed one left', async () => {
  const path = join(dir, 'ledger.json');
  const sample = supervise('echo here; exec sleep 60', { ledger: openLedger(path) });
  await sample.start();
  const identity = identifyProcess(sample.pid!)!;
  expect(await openLedger(path).stopLeftovers()).toEqual([`sample (${identity.pid})`]);
  expect(isRunning(identity)).toBe(false);
});
