import type { Policy } from '../policy.ts';

const dayMs = 86_400_000;

export interface DataFlow {
  id: string;
  /** What it is, and of whom. */
  what: string;
  whose: 'shoppers' | 'staff' | 'nobody';
  from: string;
  to: string;
  purpose: string;
  /** On which ground it is processed (GDPR, article 6). */
  ground: string;
  leaves: 'never' | 'by a person' | 'by itself';
  kept: string;
}

const interest = 'legitimate interest in preventing loss (art. 6 (1) f)';
const duty = 'legal duty to be able to show what was done (art. 6 (1) c)';
const employment = 'contract of employment (art. 6 (1) b)';

const days = (ms: number): string => {
  const count = Math.round(ms / dayMs);
  return `${count} ${count === 1 ? 'day' : 'days'}`;
};

/** Every way that data take, with where they stay and for how long under this policy. */
export function dataFlows(policy: Pick<Policy, 'retentionMs'>): DataFlow[] {
  const { paid, staff_error, false_positive, unreviewed, confirmed } = policy.retentionMs;
  const evidence = `paid ${days(paid)}, mistake of staff ${days(staff_error)}, false alarm ${days(false_positive)}, nobody decided ${days(unreviewed)}, confirmed ${days(confirmed)}; longer under legal hold`;
  return [
    {
      ...{ id: 'ring', what: 'Pictures of the lane', whose: 'shoppers', from: 'camera', to: 'disk of the store' },
      ...{ purpose: 'to have what came before a detection', ground: interest, leaves: 'never', kept: '15 minutes' },
    },
    {
      ...{ id: 'evidence', what: 'Recording of an incident', whose: 'shoppers', from: 'disk of the store' },
      ...{ to: 'locked object store', purpose: 'so that a person can decide, and proof', ground: interest },
      ...{ leaves: 'by a person', kept: evidence },
    },
    {
      ...{ id: 'masked', what: 'Masked recording', whose: 'shoppers', from: 'locked object store' },
      ...{ to: 'locked object store', purpose: 'so that others are not shown', ground: interest },
      ...{ leaves: 'by a person', kept: 'with the recording' },
    },
    {
      ...{ id: 'packet', what: 'Evidence packet', whose: 'shoppers', from: 'locked object store' },
      ...{ to: 'police or insurer', purpose: 'legal claims', ground: 'legal claims (art. 6 (1) f, art. 10)' },
      ...{ leaves: 'by a person', kept: 'here: with the recording; there: as they say' },
    },
    {
      ...{ id: 'till', what: 'Lines of the till', whose: 'nobody', from: 'till', to: 'database' },
      ...{ purpose: 'to find the receipt before anybody is asked', ground: interest, leaves: 'never', kept: '90 days' },
    },
    {
      ...{ id: 'cashier', what: 'Number of the cashier, behind a pseudonym', whose: 'staff', from: 'till' },
      ...{ to: 'database', purpose: 'to explain an exception at a till', ground: interest, leaves: 'never' },
      kept: '90 days',
    },
    {
      ...{ id: 'text', what: 'Phone number, neutral text and answer', whose: 'staff', from: 'database' },
      ...{ to: 'phone company', purpose: 'to reach who is on shift', ground: employment, leaves: 'by itself' },
      kept: 'here: with the recording; there: as their terms say',
    },
    {
      ...{ id: 'mail', what: 'Address and neutral words', whose: 'staff', from: 'database', to: 'mail server' },
      ...{ purpose: 'to reach who is on shift', ground: employment, leaves: 'by itself' },
      kept: 'here: with the recording; there: as their terms say',
    },
    {
      ...{ id: 'roster', what: 'Name, role, shifts', whose: 'staff', from: 'roster', to: 'database' },
      ...{ purpose: 'to know whom to ask', ground: employment, leaves: 'never', kept: 'while employed' },
    },
    {
      ...{ id: 'audit', what: 'Who did and who saw what', whose: 'staff', from: 'every part', to: 'audit log' },
      ...{ purpose: 'to show what was done, and by whom', ground: duty, leaves: 'never', kept: 'no end' },
    },
    {
      ...{
        id: 'workflow',
        what: 'Steps of the workflow, ids and codes only',
        whose: 'nobody',
        from: 'workflow engine',
      },
      ...{ to: 'locked object store', purpose: 'to show what the system did', ground: duty, leaves: 'by a person' },
      kept: 'in the engine some days, encrypted; then with the recording',
    },
    {
      ...{ id: 'webhook', what: 'Ids and states of incidents', whose: 'nobody', from: 'database' },
      ...{ to: 'systems that an administrator named', purpose: 'to tell other systems', ground: interest },
      ...{ leaves: 'by itself', kept: 'there: as they say' },
    },
    {
      ...{
        id: 'request',
        what: 'Name, address and looks of who asks',
        whose: 'shoppers',
        from: 'whoever takes it down',
      },
      ...{ to: 'database', purpose: 'to answer a request', ground: duty, leaves: 'never' },
      kept: '90 days after the answer',
    },
  ];
}

/** The table of the privacy page. */
export function dataFlowTable(policy: Pick<Policy, 'retentionMs'>): string {
  const rows = dataFlows(policy).map(
    (flow) =>
      `| ${flow.what} | ${flow.whose} | ${flow.from} → ${flow.to} | ${flow.purpose} | ${flow.ground} | ${flow.leaves} | ${flow.kept} |`,
  );
  return [
    '| what | whose | way | for what | ground | leaves the company | kept |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
