import type { HandoverPage } from '../services/packets/hand-over.ts';
import type { HandoverNotice } from '../services/sharing/handover-notice.ts';

/** What a recipient sees: what it is, how to fetch it, and the receipt. */
export function handoverPage(view: HandoverPage, token: string): string {
  const path = `/p/${encodeURIComponent(token)}`;
  const about = `<h1>Evidence for ${escapeHtml(view.organisation)}</h1>
  <p>From ${escapeHtml(view.company)}${view.reference === null ? '' : `, for your case ${escapeHtml(view.reference)}`}. Packet ${escapeHtml(view.packetId)}, version ${view.version}.</p>`;
  if (view.unclaimed)
    return layout(`${about}<p>This link works on one device until ${escapeHtml(view.expiresAt)}. It is tied to the one on which you press the button.</p>
  <form method="post" action="${path}/open"><button>Open on this device</button></form>`);
  return layout(`${about}
  <p><a href="${path}/packet.zip">Fetch the packet</a> (${Math.ceil(view.sizeBytes / 1_048_576)} MB). It plays and checks itself: unpack it and open viewer.html.</p>
  <p>SHA-256 of the zip:<br><code>${escapeHtml(view.sha256)}</code></p>
  <p>The key that it is signed with: <a href="/keys/packets.pem">packets.pem</a>.</p>
  ${receipt(view, path)}`);
}

function receipt(view: HandoverPage, path: string): string {
  if (view.receipt !== null)
    return `<h2>Receipt</h2><p>Signed for by ${escapeHtml(view.receipt.receivedBy)} at ${escapeHtml(view.receipt.at)}.</p>`;
  return `<h2>Receipt</h2><p>Once you have fetched it, confirm that you hold these very bytes.</p>
  <form method="post" action="${path}/receipt">
  <p><label>Name and number<br><input name="receivedBy" required maxlength="200" autocomplete="name"></label></p>
  <p><label>SHA-256 of the file that you hold<br><input name="sha256" required pattern="[0-9a-fA-F]{64}" size="64"></label></p>
  <button>Sign for it</button></form>`;
}

/** What whoever has the link sees once the record was corrected, with what is needed to check who says so. */
export const noticePage = (notice: HandoverNotice): string =>
  layout(`<h1>The record has been corrected</h1><p role="status">${escapeHtml(notice.words)}</p>
  <p>Of ${escapeHtml(notice.issuedAt)}, about packet ${escapeHtml(notice.packetId)}, SHA-256 <code>${escapeHtml(notice.packetSha256)}</code>. The link to it has ended.</p>
  <h2>Who says so</h2><p>Signed text:</p><p><code data-notice>${escapeHtml(notice.text)}</code></p>
  <p>Signature (Ed25519, base64), by the key at <a href="/keys/packets.pem">packets.pem</a>:<br><code data-signature>${escapeHtml(notice.signature ?? 'being signed; load the page again in a moment')}</code></p>`);

export const messagePage = (message: string): string =>
  layout(`<h1>This did not work</h1><p>${escapeHtml(message)}</p>`);

const layout = (body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>Floorwalker</title><style>
body{font:17px/1.5 system-ui,sans-serif;margin:0;background:#fff;color:#111}main{max-width:44rem;margin:0 auto;padding:1.25rem}h1{font-size:1.35rem}h2{font-size:1rem;margin-top:1.6rem}code{overflow-wrap:anywhere}input{font:inherit;max-width:100%;padding:.3rem}button{font:inherit;padding:.5rem 1rem}
</style></head><body><main>${body}</main></body></html>`;

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
