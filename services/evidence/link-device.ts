import { DomainError } from '../../domain/errors.ts';
import { type ServiceContext, sha256Hex, write } from '../context.ts';
import type { OpenedLink } from './view.ts';

/**
 * Ties a link to the first phone that plays its clip; refuses every other. Opening the page ties nothing: whoever carries
 * a text may fetch its page for a preview.
 */
export async function requireLinkDevice(
  ctx: ServiceContext,
  input: { link: OpenedLink; token: string; device: string | null },
): Promise<void> {
  const { link } = input;
  const tokenSha256 = sha256Hex(input.token);
  const mine = input.device === null ? null : sha256Hex(input.device);
  if (mine !== null && mine === link.deviceSha256) return;
  const refusal = await write(ctx, async (tx): Promise<DomainError | null> => {
    const [row] = await tx.query<{ device_sha256: string }>(
      'update evidence_links set device_sha256 = coalesce(device_sha256, $3) where tenant_id = $1 and token_sha256 = $2 returning device_sha256',
      [link.tenantId, tokenSha256, mine],
    );
    if (mine !== null && row?.device_sha256 === mine) {
      tx.noAudit('nothing changed');
      return null;
    }
    tx.audit({
      action: 'evidence.link_refused',
      subject: `incident:${link.incidentId}`,
      details: { because: mine === null ? 'NO_DEVICE' : 'ANOTHER_DEVICE' },
    });
    return mine === null ? withoutPage() : otherDevice();
  });
  if (refusal) throw refusal;
}

const otherDevice = (): DomainError =>
  new DomainError(
    'NOT_FOUND',
    'This link was opened on another phone and works on that one only. Ask the control room to send you one of your own.',
  );

const withoutPage = (): DomainError =>
  new DomainError(
    'NOT_FOUND',
    'The clip is shown on the page of the link only. Open the link, and allow it to keep a cookie.',
  );
