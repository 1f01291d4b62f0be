import { type Config, ConfigError, loadConfig } from './env.ts';

/** What every entry point does first: read the configuration, or say everything that is wrong with it and leave. */
export function readConfigOrExit(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
}
