import { answered, type CircuitRules, failed } from '../../domain/sharing/circuit.ts';
import type { NoticeResult, ShareResult } from '../../domain/sharing/ports.ts';
import type { WriteTransaction } from '../context.ts';
import { circuitOf, loadRecipient, saveCircuit } from './rows.ts';

/** What an attempt says about whether the recipient is there; when the circuit opens or closes it is on record. */
export async function noteContact(
  tx: WriteTransaction,
  share: { tenant_id: string; recipient_id: string },
  result: Exclude<ShareResult, { outcome: 'unwanted' }> | NoticeResult,
  rules: CircuitRules,
): Promise<void> {
  const recipient = await loadRecipient(tx, share.tenant_id, share.recipient_id, true);
  const before = circuitOf(recipient);
  const spoke = 'spoke' in result ? result.spoke : true;
  const after = spoke ? answered(before, tx.at) : failed(before, tx.at, rules);
  if (after === before) return;
  await saveCircuit(tx, share.tenant_id, recipient.id, after);
  if (after.state === before.state) return;
  tx.audit({
    action: after.state === 'closed' ? 'recipient.circuit_closed' : 'recipient.circuit_opened',
    subject: `recipient:${recipient.id}`,
    details: { failures: after.failures, retryAt: after.retryAt },
  });
}
