import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { type IncidentReference, incidentOfWorkflow } from '../../domain/ids.ts';

/** Names what is encrypted, so that everything else is left as it is: histories from before, and what has no incident. */
export const encryptedEncoding = 'binary/encrypted';
const cipherName = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const keptKeys = 4_000;
/** How long a process may still read what was shredded. */
const keptForMs = 10 * 60_000;

/** Where the random half of an incident's key lies; null when there is none, or none any more. */
export type FindSalt = (incident: IncidentReference) => Promise<Uint8Array | null>;

/** The key was deleted with the incident's evidence, or belongs to a master key that is not given. */
export class PayloadKeyMissing extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'PayloadKeyMissing';
  }
}

export interface PayloadCipher extends PayloadCodec {
  /** Reads one payload of a history; throws PayloadKeyMissing when nobody can any more. */
  open(payload: Payload): Promise<Payload>;
}

/**
 * Encrypts what the workflow engine stores of an incident: AES-256-GCM, with a key of the incident's own that is derived
 * from its random row and a master key. The first master encrypts; all of them decrypt, so that it can be changed.
 */
export function createPayloadCipher(options: {
  masters: readonly string[];
  findSalt: FindSalt;
  now?: () => number;
}): PayloadCipher {
  const now = options.now ?? Date.now;
  const masters = new Map(options.masters.map((master) => [masterId(master), Buffer.from(master)]));
  const [current] = masters.keys();
  const kept = new Map<string, { salt: Promise<Uint8Array | null>; untilMs: number }>();

  const saltOf = (incident: IncidentReference): Promise<Uint8Array | null> => {
    const name = nameOf(incident);
    const known = kept.get(name);
    if (known && known.untilMs > now()) return known.salt;
    const salt = options.findSalt(incident);
    kept.set(name, { salt, untilMs: now() + keptForMs });
    if (kept.size > keptKeys) kept.delete(kept.keys().next().value!);
    // A database that was away, or an incident without a key, is asked about again.
    const forget = () => {
      if (kept.get(name)?.salt === salt) kept.delete(name);
    };
    salt.then((found) => (found === null ? forget() : undefined), forget);
    return salt;
  };

  const keyOf = async (master: string, incident: IncidentReference): Promise<Buffer | null> => {
    const secret = masters.get(master);
    if (!secret)
      throw new PayloadKeyMissing(
        `A payload was encrypted with the master key ${master}: add it to FLOORWALKER_PAYLOAD_KEY after the current one.`,
      );
    const salt = await saltOf(incident);
    return salt === null ? null : Buffer.from(hkdfSync('sha256', secret, salt, 'floorwalker payload v1', 32));
  };

  const open = async (payload: Payload): Promise<Payload> => {
    if (text(payload, 'encoding') !== encryptedEncoding) return payload;
    const name = text(payload, 'key');
    const [tenantId, incidentId] = name.split('/') as [string, string];
    const key = await keyOf(text(payload, 'master'), { tenantId, incidentId });
    if (key === null)
      throw new PayloadKeyMissing(`The key of incident ${incidentId} was deleted: what it encrypted is gone.`);
    return unframe(decrypt(key, Buffer.from(payload.data ?? []), name));
  };

  return {
    async encode(payloads, context) {
      const incident = context?.workflowId === undefined ? null : incidentOfWorkflow(context.workflowId);
      if (incident === null || current === undefined) return payloads;
      const key = await keyOf(current, incident);
      // An incident from before this was introduced.
      if (key === null) return payloads;
      const name = nameOf(incident);
      return payloads.map((payload) => ({
        metadata: {
          encoding: Buffer.from(encryptedEncoding),
          cipher: Buffer.from(cipherName),
          master: Buffer.from(current),
          key: Buffer.from(name),
        },
        data: encrypt(key, frame(payload), name),
      }));
    },
    decode: (payloads) => Promise.all(payloads.map(open)),
    open,
  };
}

/** The option that clients and workers take, when there is a cipher. */
export const withCipher = (cipher: PayloadCipher | null): { dataConverter?: { payloadCodecs: PayloadCodec[] } } =>
  cipher === null ? {} : { dataConverter: { payloadCodecs: [cipher] } };

const nameOf = ({ tenantId, incidentId }: IncidentReference): string => `${tenantId}/${incidentId}`;

/** Says which master it was without saying anything about it. */
const masterId = (master: string): string =>
  createHash('sha256').update('floorwalker master id').update(master).digest('hex').slice(0, 8);

const text = (payload: Payload, name: string): string => Buffer.from(payload.metadata?.[name] ?? []).toString('utf8');

function encrypt(key: Buffer, plain: Buffer, name: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(cipherName, key, nonce);
  cipher.setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

function decrypt(key: Buffer, data: Buffer, name: string): Buffer {
  const decipher = createDecipheriv(cipherName, key, data.subarray(0, nonceBytes));
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(data.subarray(data.length - tagBytes));
  return Buffer.concat([decipher.update(data.subarray(nonceBytes, data.length - tagBytes)), decipher.final()]);
}

/** The payload's own metadata before its data, both inside of what is encrypted. */
function frame({ metadata, data }: Payload): Buffer {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, Buffer.from(data ?? [])]);
}

function unframe(bytes: Buffer): Payload {
  const end = 4 + bytes.readUInt32BE(0);
  const head = JSON.parse(bytes.subarray(4, end).toString('utf8')) as Record<string, string>;
  const metadata = Object.fromEntries(
    Object.entries(head).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
  );
  return { metadata, data: bytes.subarray(end) };
}
