import { Command } from 'commander';
import { type Check, NotSo, openBench, type StoreAddress } from './bench.ts';
import { checks } from './checks.ts';

interface Result {
  id: string;
  what: string;
  needed: boolean;
  passed: boolean;
  /** Why not. */
  because: string | null;
}

const checkLimitMs = 60_000;

/** Runs every check against a store; one that fails keeps no other from running. */
export async function conformanceOf(address: StoreAddress, onResult: (result: Result) => void): Promise<Result[]> {
  const bench = await openBench(address);
  const results: Result[] = [];
  for (const check of checks) {
    const because = await reasonAgainst(check, () => check.run(bench));
    const result = { id: check.id, what: check.what, needed: check.needed, passed: because === null, because };
    results.push(result);
    onResult(result);
  }
  return results;
}

async function reasonAgainst(check: Check, run: () => Promise<void>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NotSo(`no answer within ${checkLimitMs / 1000} s`)), checkLimitMs);
  });
  try {
    await Promise.race([run(), tooLong]);
    return null;
  } catch (error) {
    if (error instanceof NotSo) return error.message;
    return `${check.id}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  } finally {
    clearTimeout(timer);
  }
}

const program = new Command('conformance')
  .description('Runs what Floorwalker expects of an object store against one. It makes a bucket and leaves it behind.')
  .requiredOption('--endpoint <url>', 'where the store answers, such as http://127.0.0.1:9000')
  .option('--access-key <key>', 'otherwise S3_ACCESS_KEY of the environment')
  .option('--secret-key <key>', 'otherwise S3_SECRET_KEY of the environment')
  .option('--region <region>', 'its region', 'us-east-1')
  .option('--json', 'print the results as one line of JSON');

async function main(): Promise<number> {
  const options = program.parse().opts<{
    endpoint: string;
    accessKey?: string;
    secretKey?: string;
    region: string;
    json?: boolean;
  }>();
  const accessKey = options.accessKey ?? process.env['S3_ACCESS_KEY'];
  const secretKey = options.secretKey ?? process.env['S3_SECRET_KEY'];
  if (!accessKey || !secretKey) {
    process.stderr.write('Give --access-key and --secret-key, or S3_ACCESS_KEY and S3_SECRET_KEY.\n');
    return 2;
  }
  const { endpoint, region } = options;
  const results = await conformanceOf({ endpoint, region, accessKey, secretKey }, (result) => {
    if (options.json) return;
    const mark = result.passed ? 'yes' : result.needed ? 'NO ' : 'no ';
    process.stdout.write(
      `${mark} ${result.id.padEnd(24)} ${result.what}${result.because ? ` (${result.because})` : ''}\n`,
    );
  });
  const missing = results.filter(({ needed, passed }) => needed && !passed);
  const passed = results.filter((result) => result.passed).length;
  if (options.json) process.stdout.write(`${JSON.stringify({ passed, of: results.length, results })}\n`);
  else
    process.stdout.write(
      `${passed} of ${results.length} passed. ${missing.length === 0 ? 'Evidence may be kept here.' : `Evidence must not be kept here: ${missing.map(({ id }) => id).join(', ')}.`}\n`,
    );
  return missing.length === 0 ? 0 : 1;
}

process.exitCode = await main();
