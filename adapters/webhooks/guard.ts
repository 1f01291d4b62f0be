import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isOwnAddress, isPublicAddress } from './address.ts';
import type { WebhookFailure } from './types.ts';

export interface GuardOptions {
  /** Development only: http, and addresses of this machine and its networks. */
  anyAddress: boolean;
  /** Names under which we are reached ourselves. */
  ownHosts: readonly string[];
  resolve?: typeof lookup;
}

export interface Guard {
  /** What the text of the address alone forbids; null: nothing. */
  refuses(url: URL): WebhookFailure | null;
  /** Hands back only addresses that may be connected to. */
  lookup: LookupFunction;
}

export class AddressRefused extends Error {}

/** Keeps what is sent to addresses that others named on the open internet. */
export function createGuard(options: GuardOptions): Guard {
  const { anyAddress } = options;
  const resolve = options.resolve ?? lookup;
  const ownHosts = new Set(options.ownHosts.map((host) => host.toLowerCase()));
  const allowed = (address: string) => anyAddress || (isPublicAddress(address) && !isOwnAddress(address));
  return {
    refuses(url) {
      const host = url.hostname.replace(/^\[|\]$/g, '');
      if (url.protocol !== 'https:' && !anyAddress) return 'URL_REFUSED';
      // An address in the URL itself is connected to without any look-up.
      if ((!anyAddress && ownHosts.has(host.toLowerCase())) || (isIP(host) !== 0 && !allowed(host)))
        return 'ADDRESS_REFUSED';
      return null;
    },
    // What it hands back is what the socket connects to, so a name that changes its mind in between gains nothing.
    lookup(hostname, lookupOptions, callback) {
      resolve(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
        if (error) return callback(error, '');
        const open = addresses.filter(({ address }) => allowed(address));
        const [first] = open;
        if (!first) return callback(new AddressRefused(), '');
        if (lookupOptions.all === true) callback(null, open);
        else callback(null, first.address, first.family);
      });
    },
  };
}

export function failureOf(error: Error): WebhookFailure {
  if (error instanceof AddressRefused) return 'ADDRESS_REFUSED';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'TIMEOUT';
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'NAME_NOT_FOUND';
  if (['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)) return 'CONNECTION_REFUSED';
  if (code === 'ETIMEDOUT') return 'TIMEOUT';
  if (/CERT|TLS|SSL|SIGNED|EPROTO/.test(code)) return 'TLS_FAILED';
  return 'CONNECTION_LOST';
}

export const retryAfterMsOf = (header: string | undefined): number | null =>
  header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null;
