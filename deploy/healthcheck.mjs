// The health check of our image, whatever role it plays: asks the process's own /healthz.
const url = `http://127.0.0.1:${process.env.FLOORWALKER_PORT ?? 8420}/healthz`;
const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) }).catch((error) => ({
  ok: false,
  status: error.message,
}));
if (!answer.ok) console.error(`${url}: ${answer.status}`);
process.exit(answer.ok ? 0 : 1);
