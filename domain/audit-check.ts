import { auditContentText, type ChainedRow, chainText, genesisHash } from './audit-chain.ts';

export type ChainProblemCode =
  | 'row_altered'
  | 'row_missing'
  | 'row_inserted'
  | 'link_broken'
  | 'head_mismatch'
  | 'witness_mismatch'
  | 'witness_forged';

export interface ChainProblem {
  seq: number;
  code: ChainProblemCode;
  detail: string;
}

/** A head whose signature held, and where it was kept. */
export interface WitnessedHead {
  seq: number;
  hash: string;
  at: string;
  source: 'object store' | 'outside file' | 'export';
}

/** How far a row is looked for that was given another number; who moves more is found by the link alone. */
const renumberedAtMost = 64;

/**
 * Follows a log from its first row and names the first that does not hold. What is wrong with a row is told with the row
 * after it: whether that one follows from it decides between an altered row and one that was put in.
 */
export class ChainCheck {
  readonly #tenantId: string;
  readonly #sha256: (text: string) => string;
  readonly #heads = new Map<number, WitnessedHead[]>();
  #before: ChainedRow | null = null;
  #pending: (ChainProblem & { prevHash: string }) | null = null;
  seq = 0;
  hash = genesisHash;

  constructor(options: { tenantId: string; heads: readonly WitnessedHead[]; sha256: (text: string) => string }) {
    this.#tenantId = options.tenantId;
    this.#sha256 = options.sha256;
    for (const head of options.heads) this.#heads.set(head.seq, [...(this.#heads.get(head.seq) ?? []), head]);
  }

  take(row: ChainedRow): ChainProblem | null {
    if (this.#pending) return this.#settled(row);
    const { seq, hash } = this;
    if (row.seq <= seq)
      return { seq: row.seq, code: 'row_inserted', detail: `there is a second row ${row.seq} after row ${seq}` };
    if (row.seq !== seq + 1)
      return { seq: seq + 1, code: 'row_missing', detail: `row ${seq + 1} is gone; the next one is ${row.seq}` };
    const contentHash = this.#sha256(auditContentText({ ...row, tenantId: this.#tenantId }));
    if (row.prevHash !== hash) return this.#unlinked(row, contentHash);
    if (this.#sha256(chainText(hash, row.seq, contentHash)) !== row.hash) {
      const detail = `row ${row.seq} (${row.action}) no longer has the content it was hashed with`;
      this.#pending = { seq: row.seq, code: 'row_altered', detail, prevHash: hash };
      return null;
    }
    this.#before = row;
    this.seq = row.seq;
    this.hash = row.hash;
    for (const head of this.#heads.get(row.seq) ?? [])
      if (head.hash !== row.hash)
        return {
          ...{ seq: row.seq, code: 'witness_mismatch' },
          detail: `row ${row.seq} differs from the head that was witnessed in the ${head.source} on ${head.at}`,
        };
    return null;
  }

  /** After the last row; `head` is what the log itself says its end is. */
  end(head: { seq: number; hash: string } | null): ChainProblem | null {
    if (this.#pending) return this.#settled(null);
    if (head && (head.seq !== this.seq || head.hash !== this.hash)) {
      const detail = `the head says ${head.seq} rows, the log has ${this.seq}`;
      return { seq: this.seq + 1, code: 'head_mismatch', detail };
    }
    const last = Math.max(0, ...this.#heads.keys());
    if (last > this.seq) {
      const [{ source } = { source: 'object store' }] = this.#heads.get(last) ?? [];
      const detail = `the log was witnessed in the ${source} with ${last} rows, it now has ${this.seq}`;
      return { seq: this.seq + 1, code: 'witness_mismatch', detail };
    }
    return null;
  }

  #unlinked(row: ChainedRow, contentHash: string): ChainProblem | null {
    const before = this.#before;
    if (before && row.prevHash === before.prevHash)
      return {
        ...{ seq: before.seq, code: 'row_inserted' },
        detail: `row ${before.seq} (${before.action}) was put in: row ${row.seq} follows from the row before it`,
      };
    for (let moved = 1; moved <= renumberedAtMost; moved += 1)
      if (this.#sha256(chainText(row.prevHash, row.seq + moved, contentHash)) === row.hash)
        return {
          ...{ seq: row.seq, code: 'row_missing' },
          detail: `row ${row.seq} is gone; what stands there now was row ${row.seq + moved} when it was written`,
        };
    const detail = `row ${row.seq} does not follow from row ${this.seq}`;
    this.#pending = { seq: row.seq, code: 'link_broken', detail, prevHash: this.hash };
    return null;
  }

  #settled(next: ChainedRow | null): ChainProblem {
    const { prevHash, ...problem } = this.#pending!;
    if (next?.prevHash !== prevHash) return problem;
    const detail = `row ${problem.seq} was put in: row ${next.seq} follows from the row before it`;
    return { seq: problem.seq, code: 'row_inserted', detail };
  }
}
