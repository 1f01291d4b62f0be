import { createServer, type Server, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClosableMailer, openMailer } from './mailer.ts';
import { MailError } from './types.ts';

const timeoutMs = 700;
const from = 'Floorwalker <alerts@shops.example.com>';
const mail = {
  to: 'sam@shops.example.com',
  subject: 'High Street: please look – café',
  text: 'Bitte ansehen: Größe „M“.\nA second line.\n.\nAfter a dot.',
  messageId: 'ntf_1@shops.example.com',
};

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const mailerTo = (url: string): ClosableMailer => {
  const mailer = openMailer({ url, from, timeoutMs });
  closers.push(() => mailer.close());
  return mailer;
};

/** A real server; what it took, and how many connections that needed. */
async function smtp(change: SMTPServerOptions = {}, host = '127.0.0.1') {
  const taken: string[] = [];
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    closeTimeout: 100,
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      stream.on('end', () => {
        taken.push(text);
        done();
      });
    },
    ...change,
  });
  server.on('error', () => undefined);
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, host, () => resolve((listening.address() as { port: number }).port));
  });
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port, url: `smtp://127.0.0.1:${port}`, taken, connections: () => connections };
}

/** A server in the raw, for what a proper one never does: each line that the client says is answered by `answer`. */
async function rawServer(answer: (line: string, socket: Socket) => string | null): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write('220 here\r\n');
    let rest = '';
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('utf8')).split('\r\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const said = answer(line, socket);
        if (said !== null && !socket.destroyed) socket.write(`${said}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return `smtp://127.0.0.1:${(server.address() as { port: number }).port}`;
}
/** What a proper server says to everything up to the last dot. */
const polite = (line: string): string | null =>
  line.startsWith('EHLO') || /^(MAIL|RCPT|RSET)/.test(line)
    ? '250 fine'
    : line === 'DATA'
      ? '354 go on'
      : line === 'QUIT'
        ? '221 bye'
        : null;

const failure = async (sending: Promise<void>): Promise<MailError> =>
  sending.then(
    () => {
      throw new Error('the mail was taken');
    },
    (error: unknown) => {
      if (!(error instanceof MailError)) throw error;
      return error;
    },
  );

describe('a mail', () => {
  it('arrives whole, says that a machine wrote it, and keeps its id', async () => {
    const server = await smtp();
    await mailerTo(server.url).send(mail);
    const [text] = server.taken;
    const [head, body] = text!.split('\r\n\r\n');
    expect(head).toContain('Message-ID: <ntf_1@shops.example.com>');
    expect(head).toContain('Auto-Submitted: auto-generated');
    expect(head).toContain('To: sam@shops.example.com');
    expect(head).toMatch(/Content-Type: text\/plain; charset=utf-8/);
    expect(head).toMatch(/Subject: =\?UTF-8\?Q\?High_Street/);
    const decoded = Buffer.from(
      body!
        .replace(/=\r\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    ).toString('utf8');
    expect(decoded.replaceAll('\r\n', '\n').trim()).toBe(mail.text);
  });

  it('goes over a connection that is used again', async () => {
    const server = await smtp();
    const mailer = mailerTo(server.url);
    for (let count = 0; count < 5; count += 1) await mailer.send({ ...mail, messageId: `${count}@x` });
    expect([server.taken.length, server.connections()]).toEqual([5, 1]);
  });

  it('shares three connections with a hundred others, and none is lost or doubled', async () => {
    const server = await smtp();
    const mailer = mailerTo(server.url);
    const ids = Array.from({ length: 100 }, (_each, index) => `m${index}@x`);
    await Promise.all(ids.map((messageId) => mailer.send({ ...mail, messageId })));
    const arrived = server.taken.map((text) => /Message-ID: <([^>]+)>/.exec(text)![1]!);
    expect(arrived.toSorted()).toEqual(ids.toSorted());
    expect(server.connections()).toBeLessThanOrEqual(3);
  });

  it.each([
    ['subject', { subject: 'Hello\r\nBcc: everybody@example.com' }],
    ['to', { to: 'sam@example.com\nBcc: x@example.com' }],
    ['messageId', { messageId: 'a>\r\nX: y' }],
  ])('with a line break in its %s is refused before anything is sent', async (name, change) => {
    const server = await smtp();
    const error = await failure(mailerTo(server.url).send({ ...mail, ...change }));
    expect(error).toMatchObject({ kind: 'permanent', message: `${name} holds a line break` });
    expect(server.connections()).toBe(0);
  });

  it('goes to one recipient, whatever the address looks like', async () => {
    const recipients: string[] = [];
    const server = await smtp({
      onRcptTo: (address, _session, done) => {
        recipients.push(address.address);
        done();
      },
    });
    await mailerTo(server.url)
      .send({ ...mail, to: 'sam@example.com, eve@example.com' })
      .catch((error: unknown) => expect(error).toBeInstanceOf(MailError));
    expect(recipients.length).toBeLessThanOrEqual(1);
    expect(recipients).not.toContain('eve@example.com');
  });
});

const refuse = (responseCode: number) => Object.assign(new Error(`no such mailbox ${mail.to}`), { responseCode });

describe('a refusal', () => {
  it.each([
    ['temporary', 451],
    ['permanent', 550],
  ] as const)('of the recipient is %s for %d, and names no address', async (kind, status) => {
    const server = await smtp({ onRcptTo: (_address, _session, done) => done(refuse(status)) });
    const error = await failure(mailerTo(server.url).send(mail));
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(`answered ${status} to RCPT TO`);
    expect(`${error.message} ${error.stack}`).not.toContain('sam@');
  });

  it.each([
    ['temporary', 452],
    ['permanent', 554],
  ] as const)('after the mail itself is %s for %d', async (kind, status) => {
    const server = await smtp({
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on('end', () => done(refuse(status)));
      },
    });
    expect(await failure(mailerTo(server.url).send(mail))).toMatchObject({ kind });
  });

  it('of the connection is temporary', async () => {
    const server = await smtp();
    await closers.pop()!();
    expect(await failure(mailerTo(server.url).send(mail))).toMatchObject({ kind: 'temporary' });
  });

  it('of user and password is permanent and says what to check', async () => {
    const server = await smtp({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error('wrong')),
    });
    const error = await failure(mailerTo(server.url.replace('//', '//user:pass-word@')).send(mail));
    expect(error).toMatchObject({ kind: 'permanent', message: expect.stringMatching(/SMTP_URL/) });
    expect(error.message).not.toContain('pass-word');
  });
});

describe('a server that dies', () => {
  it('before it was given the mail did certainly not take it', async () => {
    const url = await rawServer((line, socket) => {
      if (line === 'DATA') socket.destroy();
      return polite(line);
    });
    expect(await failure(mailerTo(url).send(mail))).toMatchObject({ kind: 'temporary' });
  });

  it('after it was given the mail may have taken it, and gets it once only', async () => {
    let given = 0;
    const url = await rawServer((line, socket) => {
      if (line === 'After a dot.') given += 1;
      if (line === '.') socket.destroy();
      return polite(line);
    });
    expect(await failure(mailerTo(url).send(mail))).toMatchObject({ kind: 'unknown_outcome' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(given).toBe(1);
  });

  it('is replaced by one that lives for the next mail', async () => {
    let dying = true;
    let given = 0;
    const url = await rawServer((line, socket) => {
      if (line !== '.') return polite(line);
      given += 1;
      if (!dying) return '250 taken';
      socket.destroy();
      return null;
    });
    const mailer = mailerTo(url);
    await failure(mailer.send(mail));
    dying = false;
    await mailer.send({ ...mail, messageId: 'next@x' });
    expect(given).toBe(2);
  });
});

describe('a slow server', () => {
  it('that is silent before the mail did not take it', async () => {
    const url = await rawServer((line) => (line.startsWith('MAIL') ? null : polite(line)));
    const startedMs = Date.now();
    expect(await failure(mailerTo(url).send(mail))).toMatchObject({ kind: 'temporary' });
    expect(Date.now() - startedMs).toBeLessThan(timeoutMs * 3);
  });

  it('that is silent after the mail may have taken it', async () => {
    const url = await rawServer(polite);
    const startedMs = Date.now();
    expect(await failure(mailerTo(url).send(mail))).toMatchObject({ kind: 'unknown_outcome' });
    expect(Date.now() - startedMs).toBeLessThan(timeoutMs * 3);
  });
});

describe('a server elsewhere', () => {
  it('that offers no TLS is told nothing', async () => {
    const server = await smtp({}, '0.0.0.0');
    const error = await failure(mailerTo(`smtp://${hostname()}:${server.port}`).send(mail));
    expect(error.kind).toBe('permanent');
    expect(error.message).toMatch(/TLS/);
    expect(server.taken).toEqual([]);
  });

  it('whose certificate nobody signed is told nothing', async () => {
    // The package's own self-signed certificate.
    const server = await smtp({ disabledCommands: [] }, '0.0.0.0');
    const error = await failure(mailerTo(`smtp://${hostname()}:${server.port}`).send(mail));
    expect(error.kind).toBe('temporary');
    expect(server.taken).toEqual([]);
  });
});
