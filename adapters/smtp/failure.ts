import { MailError } from './types.ts';

interface SmtpFailure {
  code: string | undefined;
  command: string | undefined;
  responseCode: number | undefined;
  response: string | undefined;
}

/** What a failed attempt means. The server's own words stay out of it: they mostly quote the address. */
export function failureOf(error: unknown, handedOver: boolean): MailError {
  const { code, command, responseCode, response } = readFailure(error);
  if (responseCode !== undefined) {
    const enhanced = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(response ?? '')?.[0];
    const what = `the mail server answered ${responseCode}${enhanced === undefined ? '' : ` ${enhanced}`}${command === undefined ? '' : ` to ${command}`}`;
    if (code === 'EAUTH') return new MailError('permanent', `${what}: check user and password in SMTP_URL`);
    return new MailError(responseCode >= 500 ? 'permanent' : 'temporary', what);
  }
  if (handedOver)
    return new MailError(
      'unknown_outcome',
      'the connection to the mail server was lost after it had begun to take the mail',
    );
  if (code === 'ETLS' || code === 'EREQUIRETLS')
    return new MailError('permanent', 'the mail server offers no TLS that can be trusted: use a server that does');
  if (code === 'EENVELOPE' || code === 'EMESSAGE')
    return new MailError('permanent', 'the mail has no recipient or sender that a mail server could take');
  if (code === 'EAUTH') return new MailError('permanent', 'signing in failed: check user and password in SMTP_URL');
  return new MailError('temporary', `the mail server cannot be reached${code === undefined ? '' : ` (${code})`}`);
}

function readFailure(error: unknown): SmtpFailure {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined);
  return {
    code: text('code'),
    command: text('command'),
    response: text('response'),
    responseCode: typeof fields['responseCode'] === 'number' ? fields['responseCode'] : undefined,
  };
}
