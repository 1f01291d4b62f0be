import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { Options } from 'nodemailer/lib/smtp-pool/index.js';
import { failureOf } from './failure.ts';
import { MailError, type Mailer } from './types.ts';

export interface MailerOptions {
  /** `smtps://user:password@host:465`, or `smtp://host:587`, which is switched to TLS before anything is said. */
  url: string;
  /** An address, or `Name <address>`. */
  from: string;
  /** How long the server may be silent before it is given up. */
  timeoutMs: number;
}

export interface ClosableMailer extends Mailer {
  close(): void;
}

const maxConnections = 3;
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Mails over a few connections that are kept open; TLS is required unless the server is this machine. */
export function openMailer({ url, from, timeoutMs }: MailerOptions): ClosableMailer {
  const server = new URL(url);
  const implicitTls = server.protocol === 'smtps:';
  const here = loopback.test(server.hostname);
  const options: Options & { dnsTimeout: number; maxRequeues: number } = {
    pool: true,
    maxConnections,
    // The library would send a mail again whose connection broke, though the server may have taken it.
    maxRequeues: 0,
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port === '' ? (implicitTls ? 465 : 587) : Number(server.port),
    secure: implicitTls,
    requireTLS: !here,
    ignoreTLS: here && !implicitTls,
    ...(server.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(server.username), pass: decodeURIComponent(server.password) } }),
    dnsTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  const transport = createTransport(options);
  /** Mails whose bytes the server has begun to take: only those can have arrived unseen. */
  const begun = new Set<string>();
  transport.use('stream', (mail, done) => {
    const build = mail.message.createReadStream.bind(mail.message);
    mail.message.createReadStream = (options) => {
      const source = build(options);
      // Runs once the connection asks for the first byte, which it does after the server has said yes to DATA.
      return Readable.from(
        (async function* () {
          begun.add(String(mail.data.messageId));
          yield* source;
        })(),
        { objectMode: false },
      );
    };
    done();
  });
  return {
    async send(mail) {
      for (const [name, value] of Object.entries({ to: mail.to, subject: mail.subject, messageId: mail.messageId }))
        if (/[\r\n\0]/.test(value)) throw new MailError('permanent', `${name} holds a line break`);
      const messageId = `<${mail.messageId}>`;
      begun.delete(messageId);
      try {
        await transport.sendMail({
          messageId,
          from,
          to: { name: '', address: mail.to },
          subject: mail.subject,
          text: mail.text,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        throw failureOf(error, begun.has(messageId));
      } finally {
        begun.delete(messageId);
      }
    },
    close: () => transport.close(),
  };
}
