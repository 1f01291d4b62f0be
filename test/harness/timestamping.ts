import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const config = `[tsa]
default_tsa = here
[here]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
`;

export interface TestAuthority {
  url: string;
  caPem: string;
  /** What the next answers are instead: another file's token, an error, or nothing that is a token. */
  misbehave(how: 'replays' | 'fails' | 'babbles' | null): void;
  close(): Promise<void>;
}

/** A time-stamping authority of OpenSSL's own, with a certificate authority that signed it. */
export async function startTimestamping(folder: string): Promise<TestAuthority> {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  writeFileSync(join(folder, 'tsa.cnf'), config);
  writeFileSync(join(folder, 'serial'), '01\n');
  writeFileSync(join(folder, 'ext'), 'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', '/CN=Test CA');
  openssl('req', ...key, '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Test TSA');
  const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30', '-extfile', 'ext'];
  openssl('x509', '-req', '-in', 'tsa.csr', '-out', 'tsa.pem', ...sign);
  let mode: 'replays' | 'fails' | 'babbles' | null = null;
  let last: Buffer | undefined;
  const answer = (query: Buffer): Buffer => {
    if (mode === 'babbles') return Buffer.from('<html>welcome to our hotel network</html>');
    if (mode === 'replays' && last) return last;
    writeFileSync(join(folder, 'query'), query);
    openssl(
      ...['ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query', '-out', 'reply'],
      ...['-signer', 'tsa.pem', '-inkey', 'tsa.key', '-chain', 'ca.pem'],
    );
    last = readFileSync(join(folder, 'reply'));
    return last;
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (mode === 'fails') response.writeHead(503).end();
      else
        response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(answer(Buffer.concat(chunks)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/tsr`,
    caPem: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    misbehave: (how) => {
      mode = how;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
