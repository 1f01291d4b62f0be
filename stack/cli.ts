import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs one command of the `floorwalker` executable and resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('floorwalker')
    .description('Turns a detection in a shop into one durable, provable, humane incident.')
    .enablePositionalOptions();

  program
    .command('doctor')
    .description('say what each engine is, where it was found and why; exit 1 when something needed is missing')
    .option('--data <dir>', 'data directory', process.env['FLOORWALKER_DATA'] ?? '.floorwalker')
    .action(async (options: { data: string }) => {
      const { runDoctor } = await import('./doctor.ts');
      exitCode = await runDoctor({
        env: process.env,
        dataDir: options.data,
        write: (text) => process.stdout.write(text),
      });
    });

  program
    .command('test')
    .description('run every test: unit, replay and, on real engines, integration, workflow and end to end')
    .argument('[args...]', 'passed on to vitest')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (vitestArgs: string[]) => {
      exitCode = await runVitest(vitestArgs);
    });

  await program.parseAsync(args, { from: 'user' });
  return exitCode;
}

function runVitest(args: readonly string[]): Promise<number> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...args], { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches vitest directly; a SIGTERM of ours has to be handed on, so that the engines are stopped.
  const handOn = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', handOn);
  process.on('SIGINT', () => undefined);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGTERM', handOn);
      resolve(code ?? 1);
    });
  });
}
