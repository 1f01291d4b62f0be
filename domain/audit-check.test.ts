import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { auditContentText, type ChainedRow, chainText, genesisHash } from './audit-chain.ts';
import { ChainCheck, type ChainProblem, type WitnessedHead } from './audit-check.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function row(seq: number, prevHash: string, change: Partial<ChainedRow> = {}): ChainedRow {
  const content = {
    ...{ at: '2026-03-02T12:00:00.000Z', actor: `user:${seq}`, actorRole: 'compliance', action: 'evidence.viewed' },
    ...{ subject: 'incident:x', details: { seq }, requestId: seq % 2 === 0 ? `r-${seq}` : null },
  };
  const hash = sha256(chainText(prevHash, seq, sha256(auditContentText({ tenantId: 'demo', ...content }))));
  return { seq, ...content, prevHash, hash, ...change };
}

function log(count: number): ChainedRow[] {
  const rows: ChainedRow[] = [];
  for (let seq = 1; seq <= count; seq += 1) rows.push(row(seq, rows.at(-1)?.hash ?? genesisHash));
  return rows;
}

const good = log(8);
const headOf = ({ seq, hash }: ChainedRow): WitnessedHead => ({
  ...{ seq, hash, at: '2026-03-03T03:30:00.000Z', source: 'outside file' },
});

function checked(rows: readonly ChainedRow[], heads: WitnessedHead[] = []): ChainProblem | null {
  const check = new ChainCheck({ tenantId: 'demo', heads, sha256 });
  for (const each of rows) {
    const problem = check.take(each);
    if (problem) return problem;
  }
  return check.end({ seq: good.length, hash: good.at(-1)!.hash });
}

const without = (...seqs: number[]) => good.filter(({ seq }) => !seqs.includes(seq));
const changed = (seq: number, change: Partial<ChainedRow>) =>
  good.map((each) => (each.seq === seq ? { ...each, ...change } : each));
const renumbered = (rows: readonly ChainedRow[]) => rows.map((each, index) => ({ ...each, seq: index + 1 }));
const put = (at: number, extra: ChainedRow) => [...good.slice(0, at), extra, ...good.slice(at)];

describe('a log', () => {
  it('holds as it was written, with and without requests, and agrees with its heads', () => {
    expect(checked(good, [headOf(good[2]!), headOf(good[7]!)])).toBeNull();
  });

  it('is the company’s own: under another name no row holds', () => {
    const check = new ChainCheck({ tenantId: 'rival', heads: [], sha256 });
    expect([check.take(good[0]!), check.take(good[1]!)]).toMatchObject([null, { seq: 1, code: 'row_altered' }]);
  });

  it.each<[string, ChainedRow[], number, ChainProblem['code']]>([
    ['details altered', changed(3, { details: { seq: 99 } }), 3, 'row_altered'],
    ['actor altered', changed(5, { actor: 'user:other' }), 5, 'row_altered'],
    ['request altered', changed(4, { requestId: 'r-5' }), 4, 'row_altered'],
    ['request taken off', changed(4, { requestId: null }), 4, 'row_altered'],
    ['request put on', changed(3, { requestId: 'r-3' }), 3, 'row_altered'],
    ['last row altered', changed(8, { action: 'hold.placed' }), 8, 'row_altered'],
    ['hash altered', changed(4, { hash: 'a'.repeat(64) }), 4, 'row_altered'],
    ['link altered', changed(4, { prevHash: 'a'.repeat(64) }), 4, 'link_broken'],
    ['first row removed', without(1), 1, 'row_missing'],
    ['middle rows removed', without(3, 4), 3, 'row_missing'],
    ['a row removed and the rest renumbered', renumbered(without(3)), 3, 'row_missing'],
    ['three rows removed and the rest renumbered', renumbered(without(2, 3, 4)), 2, 'row_missing'],
    ['two rows swapped', renumbered([good[0]!, good[2]!, good[1]!, ...good.slice(3)]), 2, 'row_missing'],
    ['a row twice', put(4, good[3]!), 4, 'row_inserted'],
    [
      'a row put in that follows, the rest renumbered',
      renumbered(put(4, row(5, good[3]!.hash, { actor: 'user:5' }))),
      5,
      'row_inserted',
    ],
    [
      'a row put in that does not hold itself',
      renumbered(put(4, row(5, good[3]!.hash, { actor: 'user:x' }))),
      5,
      'row_inserted',
    ],
    ['a row put in that is linked to nothing', renumbered(put(4, row(5, 'b'.repeat(64)))), 5, 'row_inserted'],
    ['the tail cut off', good.slice(0, 6), 7, 'head_mismatch'],
    ['nothing left', [], 1, 'head_mismatch'],
  ])('%s: the row is named', (_name, rows, seq, code) => {
    expect(checked(rows)).toMatchObject({ seq, code });
  });

  it('that was computed anew from an altered row differs from the heads outside', () => {
    const anew = [...good.slice(0, 2)];
    for (const each of good.slice(2)) {
      const content = { ...each, actor: each.seq === 3 ? 'user:other' : each.actor, tenantId: 'demo' };
      const prevHash = anew.at(-1)!.hash;
      anew.push({
        ...each,
        actor: content.actor,
        prevHash,
        hash: sha256(chainText(prevHash, each.seq, sha256(auditContentText(content)))),
      });
    }
    expect(checked(anew, [headOf(good[4]!)])).toMatchObject({ seq: 5, code: 'witness_mismatch' });
  });

  it('shorter than a head outside is found, though its own head was moved back', () => {
    const check = new ChainCheck({ tenantId: 'demo', heads: [headOf(good[7]!)], sha256 });
    for (const each of good.slice(0, 5)) expect(check.take(each)).toBeNull();
    expect(check.end({ seq: 5, hash: good[4]!.hash })).toMatchObject({ seq: 6, code: 'witness_mismatch' });
  });
});
