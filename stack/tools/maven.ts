import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installDebianPackages } from './apt.ts';
import { CommandError, findOnPath, isRoot, runCommand } from './command.ts';
import type { MavenPin } from './manifest.ts';
import { type FetchContext, requireFreeSpace, smallFreeBytes } from './sources.ts';

const mavenTimeoutMs = 10 * 60_000;

/** Fetches the pinned archives with Maven into `outDir`, checks each against its hash, and puts a launcher beside them. */
export async function fetchFromMaven(
  pin: MavenPin,
  file: string,
  outDir: string,
  context: FetchContext,
): Promise<void> {
  await requireFreeSpace(context.stagingDir, smallFreeBytes);
  await requireMaven(pin, context);
  const project = join(context.stagingDir, 'pom.xml');
  await writeFile(project, projectOf(pin));
  await mkdir(outDir, { recursive: true });
  context.tell(`asking Maven for ${pin.artifacts.join(', ')} (${Object.keys(pin.jars).length} archives)`);
  // A repository of its own: what another project has there is neither trusted nor touched.
  const settings = [`-Dmaven.repo.local=${join(context.stagingDir, 'repository')}`, `-DoutputDirectory=${outDir}`];
  await runCommand('mvn', ['-B', '-q', '-f', project, pin.plugin, ...settings], {
    ...{ env: context.env, timeoutMs: mavenTimeoutMs, signal: context.signal },
  });
  await checkArchives(pin, outDir);
  await writeFile(join(outDir, file), launcher);
  await chmod(join(outDir, file), 0o755);
}

/** Called with a class and its arguments, as Kafka's own script of this name is. */
const launcher = `#!/bin/sh
exec java \${KAFKA_HEAP_OPTS:--Xmx256m -XX:TieredStopAtLevel=1} -cp "$(dirname "$0")/*" "$@"
`;

const projectOf = ({ artifacts }: MavenPin): string => {
  const dependencies = artifacts.map((artifact) => {
    const [groupId, artifactId, version] = artifact.split(':');
    return `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>floorwalker</groupId><artifactId>tools</artifactId><version>1</version><dependencies>${dependencies.join('')}</dependencies></project>`;
};

async function checkArchives({ jars }: MavenPin, outDir: string): Promise<void> {
  const got = (await readdir(outDir)).filter((name) => name.endsWith('.jar')).sort();
  const unknown = got.filter((name) => jars[name] === undefined);
  const missing = Object.keys(jars).filter((name) => !got.includes(name));
  if (unknown.length > 0 || missing.length > 0)
    throw new Error(`Maven brought other archives than those pinned: ${[...unknown, ...missing].join(', ')}`);
  for (const name of got) {
    const actual = createHash('sha256')
      .update(await readFile(join(outDir, name)))
      .digest('hex');
    if (actual !== jars[name]) throw new Error(`${name} has the SHA-256 ${actual}, not the one that is pinned`);
  }
}

async function requireMaven(pin: MavenPin, context: FetchContext): Promise<void> {
  const missing = await mavenProblem(pin, context);
  if (!missing) return;
  const packages = pin.debianPackages.join(' ');
  if (!isRoot() || !findOnPath('apt-get', context.env))
    throw new Error(
      `${missing}; install Java and Maven (Debian: apt-get install -y --no-install-recommends ${packages})`,
    );
  context.tell(`installing ${packages} with apt-get`);
  await installDebianPackages(pin.debianPackages, context);
  const still = await mavenProblem(pin, context);
  if (still) throw new Error(`${still}, although apt-get has just installed ${packages}`);
}

async function mavenProblem({ minimumJava }: MavenPin, { env }: FetchContext): Promise<string | undefined> {
  if (!findOnPath('mvn', env)) return 'mvn is not on PATH';
  if (!findOnPath('java', env)) return 'java is not on PATH';
  try {
    const words = await runCommand('java', ['--version'], { env, timeoutMs: 30_000 });
    const version = Number(/\b(\d+)(?:\.\d+)*\b/.exec(words)?.[1]);
    return version >= minimumJava ? undefined : `java is of version ${version}, older than ${minimumJava}`;
  } catch (error) {
    if (error instanceof CommandError) return 'java does not run';
    throw error;
  }
}
