import type { DayFileLine, DayFileReading } from '../../domain/day-file.ts';
import type { LocalClock } from './local-clock.ts';
import { linesOfItem, linkOf, minorOf, ownLinesFrom, type PosLogFields, PosLogProblem } from './poslog-map.ts';
import { excerptOf, flag, nodeAt, type PosLogNode, textAt } from './poslog-tree.ts';
import { isoTime } from './time-pattern.ts';

/** What the end of a transaction becomes, with the line that it takes; fixed, so that another export agrees. */
const endings = [
  [/^suspendedretrieved$/i, 'resume', 99_993],
  [/^suspended$/i, 'suspend', 99_992],
  [/^(voided|cancell?ed|suspendedcancell?ed)$/i, 'void', 99_990],
] as const;
const postVoidLine = 99_991;

const controls: Readonly<Record<string, PosLogFields['type']>> = {
  NoSale: 'no_sale',
  SignOn: 'sign_on',
  OperatorSignOn: 'sign_on',
  SignOff: 'sign_off',
  OperatorSignOff: 'sign_off',
  OpenDrawer: 'drawer',
  PaidIn: 'drawer',
  PaidOut: 'drawer',
  Loan: 'drawer',
  Pickup: 'drawer',
  PostVoid: 'post_void',
  PostVoidTransaction: 'post_void',
};

/** One Transaction while it is read: its header first, then line by line. */
export interface OpenTransaction {
  header(node: PosLogNode): void;
  retail(status: string): void;
  item(lineNumber: number, item: PosLogNode): DayFileLine[];
  aside(node: PosLogNode): void;
  control(lineNumber: number, node: PosLogNode): DayFileLine[];
  endOfRetail(lineNumber: number): DayFileLine[];
}

export function openTransaction(
  attributes: Readonly<Record<string, string>>,
  reading: DayFileReading,
  clock: LocalClock,
): OpenTransaction {
  const { amount, stores, terminals } = reading.mapping;
  const root: PosLogNode = { name: 'Transaction', attributes, children: [], text: '' };
  const asides: PosLogNode[] = [];
  let status = '';
  let ownLines = 0;
  const own = { next: () => ownLinesFrom + ownLines++ };
  const idOf = (written: string | undefined, ids: Readonly<Record<string, string>>): string | undefined =>
    written === undefined ? undefined : (ids[written] ?? written.toLowerCase());
  const storeId = () =>
    idOf(textAt(root, 'RetailStoreID') ?? textAt(root, 'BusinessUnit', 'UnitID'), stores) ?? reading.storeId;
  const terminalId = () => idOf(textAt(root, 'WorkstationID'), terminals);
  // Asked for only when a line has no time of its own: it is later than the lines, and the clock goes on with it.
  let ownTime: string | undefined;
  const timeOf = (item: PosLogNode | undefined): string => {
    const written = textAt(item, 'BeginDateTime') ?? textAt(item, 'EndDateTime');
    if (written !== undefined) return instantOf(written);
    const header =
      textAt(root, 'EndDateTime') ?? textAt(root, 'BeginDateTime') ?? asides.map((node) => textAt(node)).find(Boolean);
    ownTime ??= instantOf(header);
    return ownTime;
  };
  const instantOf = (written: string | undefined): string => {
    const time = isoTime(written ?? '');
    if (time === null)
      throw new PosLogProblem('BeginDateTime or EndDateTime: must be a time such as 2026-11-21T09:30:00');
    const till = `${storeId()}/${terminalId()}`;
    const read = 'local' in time ? clock.read(till, time.local) : { ms: time.at };
    if ('problem' in read) throw new PosLogProblem(`the time ${read.problem}`);
    if ('at' in time) clock.note(till, time.at);
    return new Date(read.ms).toISOString();
  };
  const eventOf = (fields: PosLogFields, occurredAt: string): Record<string, unknown> => {
    const event: Record<string, unknown> = {
      storeId: storeId(),
      terminalId: terminalId(),
      transactionId: textAt(root, 'SequenceNumber'),
      ...fields,
      occurredAt,
      currency: fields['currency'] ?? textAt(root, 'CurrencyCode'),
      operatorId: textAt(root, 'OperatorID'),
      training: flag(root, 'TrainingModeFlag') ? true : undefined,
    };
    if (event['amountMinor'] === undefined) delete event['currency'];
    for (const [field, value] of Object.entries(event)) if (value === undefined) delete event[field];
    return event;
  };
  const attempt = (lineNumber: number, node: PosLogNode, work: () => DayFileLine[]): DayFileLine[] => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof PosLogProblem)) throw error;
      return [{ lineNumber, raw: excerptOf(node), problem: { code: 'VALIDATION', message: error.message } }];
    }
  };
  /** A link to another transaction, such as the one that this one takes back. */
  const link = () => linkOf(asides.find(({ name }) => name === 'TransactionLink'));
  const total = (): number | undefined => {
    const grand = asides.find(
      (node) => node.name === 'Total' && /^transactiongrandamount$/i.test(node.attributes['TotalType'] ?? ''),
    );
    const minor = minorOf(textAt(grand), 'Total', amount);
    return minor === undefined || minor === 0 ? minor : -Math.abs(minor);
  };
  const isPostVoid = () => /^postvoid(ed)?$/i.test(status);

  return {
    header: (node) => root.children.push(node),
    retail(written) {
      status = flag(root, 'CancelFlag') ? 'Voided' : written;
    },
    aside: (node) => asides.push(node),
    item: (lineNumber, item) =>
      attempt(lineNumber, item, () => {
        // The lines of a transaction that takes another one back repeat what was sold there.
        if (isPostVoid()) return [{ lineNumber, leftOut: 'a line of a post-voiding transaction' }];
        const lines = linesOfItem(item, own, amount);
        if (typeof lines === 'string') return [{ lineNumber, leftOut: lines }];
        const at = timeOf(item);
        return lines.map((fields) => ({ lineNumber, raw: excerptOf(item), event: eventOf(fields, at) }));
      }),
    control: (lineNumber, node) =>
      attempt(lineNumber, node, () => {
        const named = node.name === 'PostVoidTransaction' ? node : node.children.find(({ name }) => name in controls);
        const type = named && controls[named.name];
        if (!named || type === undefined) return [{ lineNumber, leftOut: node.name }];
        const fields: PosLogFields = {
          line: 1,
          type,
          reasonCode: type === 'drawer' ? named.name : undefined,
          amountMinor: minorOf(textAt(named, 'Amount'), 'Amount', amount),
          ...linkOf(nodeAt(named, 'TransactionLink') ?? nodeAt(node, 'TransactionLink')),
        };
        return [{ lineNumber, raw: excerptOf(node), event: eventOf(fields, timeOf(undefined)) }];
      }),
    endOfRetail: (lineNumber) =>
      attempt(lineNumber, root, () => {
        const ending = endings.find(([form]) => form.test(status));
        const fields: PosLogFields | null = isPostVoid()
          ? { line: postVoidLine, type: 'post_void', amountMinor: total(), ...link() }
          : ending
            ? { line: ending[2], type: ending[1], amountMinor: ending[1] === 'void' ? total() : undefined }
            : null;
        if (!fields) return [];
        return [{ lineNumber, raw: excerptOf(root), event: eventOf(fields, timeOf(undefined)) }];
      }),
  };
}
