import { createHash } from 'node:crypto';
import type { PacketStore } from '../domain/packet/ports.ts';
import { IntegrityError } from '../domain/ports.ts';
import { insurerClaim, policeCase } from '../domain/sharing/message.ts';
import type { Connector, OutgoingShare, RecipientAddress, ShareResult } from '../domain/sharing/ports.ts';
import type { RecipientKind } from '../domain/sharing/template.ts';
import type { ServiceContext } from '../services/context.ts';
import { recordIntegrityFailure } from '../services/evidence/view.ts';
import { deriveCredential } from '../services/sharing/credential.ts';
import { beginNotice, type NoticeSigner, settleNotice } from '../services/sharing/notices.ts';
import type { RecipientRow } from '../services/sharing/rows.ts';
import {
  beginAttempt,
  type SendingRules,
  type ShareJob,
  settleAttempt,
  stillWanted,
} from '../services/sharing/send.ts';
import type { ShareActivities, ShareStep } from './contracts.ts';
import { alive, translated } from './failure.ts';
import { systemActor } from './incident.ts';

export interface ShareDependencies {
  db: ServiceContext['db'];
  now: () => string;
  random: () => number;
  store: PacketStore;
  connectors: Record<RecipientKind, Connector>;
  signer: NoticeSigner;
  /** What the recipients' credentials are derived from. */
  secretKey: string;
  rules: SendingRules;
}

/** Activities of the `share` queue. What the recipient says is on record before they return; only outages of ours throw. */
export function createShareActivities(deps: ShareDependencies): ShareActivities {
  const { rules } = deps;
  const context = (tenantId: string): ServiceContext => ({
    ...{ db: deps.db, now: deps.now },
    actor: systemActor(tenantId, 'share'),
  });
  return alive(
    translated<ShareActivities>({
      async sendShare({ tenantId, shareId }) {
        const ctx = context(tenantId);
        const turn = await beginAttempt(ctx, { shareId, rules });
        if (turn.turn !== 'send') return stepOf(turn);
        const result = await deliver(deps, ctx, turn.job);
        return stepOf(await settleAttempt(ctx, { shareId, result, rules, random: deps.random() }));
      },
      async sendShareNotice({ tenantId, noticeId }) {
        const ctx = context(tenantId);
        const turn = await beginNotice(ctx, { noticeId, rules, signer: deps.signer });
        if (turn.turn !== 'send') return stepOf(turn);
        const { recipient, shareKey, notice } = turn;
        const result = await deps.connectors[recipient.kind].notify(addressOf(deps, recipient), { shareKey, notice });
        return stepOf(await settleNotice(ctx, { noticeId, result, rules, random: deps.random() }));
      },
    }),
  );
}

type Turn = { turn: 'send' } | { turn: 'wait'; waitMs: number } | { turn: 'over'; state: string };

/** A settled attempt is never to be sent again without asking. */
const stepOf = (turn: Turn): ShareStep =>
  turn.turn === 'over' ? { state: turn.state } : { waitMs: turn.turn === 'wait' ? turn.waitMs : 1 };

const addressOf = (
  deps: ShareDependencies,
  { tenant_id: tenantId, id, url, ...row }: RecipientRow,
): RecipientAddress => ({
  url,
  credential: deriveCredential(deps.secretKey, { tenantId, id, generation: row.credential_generation }),
});

async function deliver(deps: ShareDependencies, ctx: ServiceContext, job: ShareJob): Promise<ShareResult> {
  const { share, recipient, packet } = job;
  const input = { shareId: share.id, packet, facts: job.facts, template: share.template };
  const { quality, consent } = share;
  const makeMessage = recipient.kind === 'police' ? policeCase : insurerClaim;
  const outgoing: OutgoingShare = {
    ...{ incident: job.incident, key: share.id, mayHaveArrived: job.mayHaveArrived },
    message: makeMessage({ ...input, quality, consent }),
    packet:
      share.template.packet === 'none'
        ? null
        : {
            ...{ id: share.packet_id, sha256: packet.sha256, sizeBytes: packet.sizeBytes },
            open: () => openVerified(deps.store, packet),
          },
    stillWanted: () => stillWanted(ctx, { shareId: share.id }),
  };
  try {
    return await deps.connectors[recipient.kind].deliver(addressOf(deps, recipient), outgoing);
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    const { expectedSha256, actualSha256 } = error;
    const { incidentId } = packet;
    await recordIntegrityFailure(ctx, { incidentId, artifactId: 'packet', expectedSha256, actualSha256 });
    const code = actualSha256 === null ? 'PACKET_MISSING' : 'PACKET_ALTERED';
    return { outcome: 'permanent', spoke: true, reason: { code, params: {} } };
  }
}

/** The zip as it is read. Its end is held back until its hash was found right: altered bytes never arrive whole. */
async function openVerified(
  store: PacketStore,
  packet: { objectKey: string; objectVersion: string; sha256: string },
): Promise<AsyncIterable<Uint8Array>> {
  const { objectKey: key, objectVersion: version, sha256: expectedSha256 } = packet;
  const source = await store.read({ key, version });
  if (source === null) throw new IntegrityError({ key, expectedSha256, actualSha256: null });
  return (async function* () {
    const hash = createHash('sha256');
    let held: Uint8Array | undefined;
    for await (const chunk of source) {
      hash.update(chunk);
      if (held) yield held;
      held = chunk;
    }
    const actualSha256 = hash.digest('hex');
    if (actualSha256 !== expectedSha256) throw new IntegrityError({ key, expectedSha256, actualSha256 });
    if (held) yield held;
  })();
}
