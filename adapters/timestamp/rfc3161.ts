import { createHash, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { fromBER, Integer, Null, OctetString } from 'asn1js';
import {
  AlgorithmIdentifier,
  Certificate,
  type ContentInfo,
  CryptoEngine,
  MessageImprint,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import { DomainError } from '../../domain/errors.ts';

const sha256Oid = '2.16.840.1.101.3.4.2.1';
const grantedStatus = 1;
const longestAnswerBytes = 64 * 1_024;
type EngineCrypto = NonNullable<ConstructorParameters<typeof CryptoEngine>[0]>['crypto'];
const engine = new CryptoEngine({ name: 'node', crypto: webcrypto as unknown as EngineCrypto });

/** Asks a time-stamping authority (RFC 3161 over HTTP) about bytes; the answer is kept as it came. */
export function createTimestamper(options: {
  url: string;
  timeoutMs: number;
}): (bytes: Uint8Array) => Promise<Uint8Array> {
  return async (bytes) => {
    const nonce = new Integer({ valueHex: positive(randomBytes(8)) });
    const request = new TimeStampReq({
      version: 1,
      messageImprint: new MessageImprint({
        hashAlgorithm: new AlgorithmIdentifier({ algorithmId: sha256Oid, algorithmParams: new Null() }),
        hashedMessage: new OctetString({ valueHex: arrayOf(createHash('sha256').update(bytes).digest()) }),
      }),
      nonce,
      certReq: true,
    });
    const answer = await post(options, Buffer.from(request.toSchema().toBER()));
    const { info } = parse(answer);
    const { sha256 } = stamped(info);
    if (sha256 !== createHash('sha256').update(bytes).digest('hex') || !info.nonce?.isEqual(nonce))
      throw new DomainError(
        'DEPENDENCY_TEMPORARY',
        'The time-stamping server answered about something else. It is asked again.',
      );
    return answer;
  };
}

async function post(
  { url, timeoutMs }: { url: string; timeoutMs: number },
  body: Buffer<ArrayBuffer>,
): Promise<Buffer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const answer = Buffer.from(await response.arrayBuffer());
    if (answer.length > longestAnswerBytes) throw new Error(`${answer.length} bytes`);
    return answer;
  } catch (error) {
    throw new DomainError(
      'DEPENDENCY_TEMPORARY',
      'The time-stamping server does not answer as one. It is asked again.',
      {
        cause: error,
      },
    );
  }
}

/** What a token says; with a trusted certificate (PEM) it throws unless that authority signed it. */
export async function readTimestamp(
  token: Uint8Array,
  bytes: Uint8Array,
  trustedPem: string | null,
): Promise<{ at: string; sha256: string }> {
  const { signed, info } = parse(token);
  const said = stamped(info);
  if (said.sha256 !== createHash('sha256').update(bytes).digest('hex')) throw new Error('it is about other bytes');
  if (trustedPem !== null) await requireAuthority(signed, info.genTime, bytes, trustedPem);
  return said;
}

const timeStampingOid = '1.3.6.1.5.5.7.3.8';

async function requireAuthority(
  signed: SignedData,
  checkDate: Date,
  bytes: Uint8Array,
  trustedPem: string,
): Promise<void> {
  const refuse = (why: string) => new Error(`it is not signed by the authority given (${why})`);
  const verdict = await signed
    .verify(
      {
        ...{ signer: 0, data: arrayOf(bytes), trustedCerts: certificatesIn(trustedPem) },
        ...{ checkChain: true, checkDate, extendedMode: true },
      },
      engine,
    )
    .catch((error: unknown) => {
      throw refuse(String(error));
    });
  if (verdict.signatureVerified !== true || verdict.signerCertificateVerified !== true || !verdict.signerCertificate)
    throw refuse(verdict.message || 'no match');
  // A certificate of the same authority for something else is no time-stamping one (RFC 3161, section 2.3).
  const signer = new X509Certificate(Buffer.from(verdict.signerCertificate.toSchema().toBER()));
  if (!signer.keyUsage?.includes(timeStampingOid)) throw refuse('the certificate is not for time stamps');
}

function parse(answer: Uint8Array): { signed: SignedData; info: TSTInfo } {
  try {
    const response = new TimeStampResp({ schema: fromBER(arrayOf(answer)).result });
    if (response.status.status > grantedStatus) throw new Error(`status ${response.status.status}`);
    if (response.timeStampToken === undefined) throw new Error('no token');
    const signed = new SignedData({ schema: (response.timeStampToken as ContentInfo).content });
    const infoBytes = signed.encapContentInfo.eContent?.getValue();
    if (infoBytes === undefined) throw new Error('an empty token');
    return { signed, info: new TSTInfo({ schema: fromBER(infoBytes).result }) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new DomainError('DEPENDENCY_PERMANENT', `That is no time stamp of RFC 3161 (${detail}).`, { cause: error });
  }
}

function stamped({ messageImprint, genTime }: TSTInfo): { at: string; sha256: string } {
  if (messageImprint.hashAlgorithm.algorithmId !== sha256Oid) throw new Error('it is not over a SHA-256');
  const sha256 = Buffer.from(messageImprint.hashedMessage.valueBlock.valueHexView).toString('hex');
  return { at: genTime.toISOString(), sha256 };
}

const certificatesIn = (pem: string): Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new Certificate({ schema: fromBER(arrayOf(new X509Certificate(one).raw)).result }),
  );

const arrayOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

/** An INTEGER whose first bit is set would be a negative one. */
const positive = (bytes: Uint8Array): ArrayBuffer => {
  const copy = Uint8Array.from(bytes);
  copy[0] = (copy[0]! & 0x7f) | 0x40;
  return copy.buffer;
};
