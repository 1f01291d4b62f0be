import type { AppealStatus } from '../services/rights/read.ts';

const day = (at: string): string => new Date(at).toLocaleDateString('en-GB', { timeZone: 'UTC', dateStyle: 'long' });

const decided: Record<Exclude<AppealStatus['state'], 'open'>, string> = {
  granted: 'It was decided in your favour: the record was corrected, and everybody who was told of it was told so.',
  rejected: 'It was looked at by somebody who had not decided before, and the decision stands.',
};

/** What somebody outside sees of their appeal: when it came, and whether it was decided; no name, no place, no picture. */
export function appealPage(number: string, status: AppealStatus | null): string {
  if (status === null)
    return layout(
      '<h1>Not found</h1><p>There is no appeal with this number. It has five groups of signs, such as A-7KQ2-9FHX-34MN-C6RT; look at the paper that you were given.</p>',
    );
  const received = `<p>Received on ${day(status.openedAt)}.</p>`;
  const body =
    status.state === 'open' || status.decidedAt === null
      ? '<p><b>It is being looked at</b> by somebody who did not decide the first time. You need not do anything.</p>'
      : `<p><b>Decided on ${day(status.decidedAt)}.</b> ${decided[status.state === 'granted' ? 'granted' : 'rejected']}</p>`;
  return layout(`<h1>Appeal ${escapeHtml(number)}</h1>${received}${body}
  <p>If you do not agree, you can write to the company whose shop it was and name this number, complain to the data protection authority, or go to court.</p>`);
}

const layout = (body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>Appeal</title><style>
body{font:17px/1.5 system-ui,sans-serif;margin:0;background:#fff;color:#111}main{max-width:40rem;margin:0 auto;padding:1.25rem}h1{font-size:1.35rem}
</style></head><body><main>${body}</main></body></html>`;

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
