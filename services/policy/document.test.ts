import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, type Policy } from '../../domain/policy.ts';
import { compilePolicy } from '../../domain/policy-document/compile.ts';
import { modelDefaults } from '../../domain/policy-document/defaults.ts';
import { describePolicy } from '../../domain/policy-document/describe.ts';
import type { DocumentRunbook, DocumentStep, PolicyDocument } from '../../domain/policy-document/document.ts';
import { retainedVerdicts } from '../../domain/policy-document/document.ts';
import { behaviours } from '../../domain/types.ts';
import { formatPolicyDocument, parsePolicyDocument } from './document.ts';
import { policySchema } from './schema-problems.ts';

const problemsOf = (source: string, sentTo?: string) => {
  const parsed = parsePolicyDocument(source, sentTo);
  return 'problems' in parsed ? parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`) : [];
};
const policyOf = (source: string) => {
  const parsed = parsePolicyDocument(source);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
};
const counted = (policy: Omit<Policy, 'version'>) => ({
  ...policy,
  escalation: policy.escalation.map((step) => ({ ...step, attempt: step.attempt ?? 0 })),
});
const withoutVersion = ({ version: _version, ...policy }: Policy): Omit<Policy, 'version'> => policy;

const model = 'operatingModel: checkout_validation\n';

/** One mistake each, with the place and the words that a person gets. */
const mistakes: [name: string, source: string, problem: string][] = [
  ['nothing at all', '', '1:1 is no policy: write keys and values, beginning with operatingModel: …'],
  ['a list', '- a\n- b', '1:1 is no policy: write keys and values, beginning with operatingModel: …'],
  ['no model', 'lateAfter: 1m', '1:1 operatingModel is missing: write checkout_validation, soc_led or detection_only'],
  ['a mistyped model', 'operatingModel: soc-led', '1:17 is "soc-led"; did you mean soc_led?'],
  [
    'an unknown model',
    'operatingModel: nobody',
    '1:17 is "nobody"; write one of checkout_validation, soc_led, detection_only',
  ],
  ['a mistyped key', `${model}escalaton: []`, '2:1 "escalaton" is not a key here; did you mean escalation?'],
  ['the name of the code', `${model}lateAfterMs: 1`, '2:1 "lateAfterMs" is not a key here; did you mean lateAfter?'],
  ['a mistyped inner key', `${model}till:\n  befor: 1s`, '3:3 "befor" is not a key here; did you mean before?'],
  [
    'a key of nowhere',
    `${model}till:\n  xyzzy: 1s`,
    '3:3 "xyzzy" is not a key here; known are before, after, feedStaleAfter',
  ],
  ['a duration without unit', `${model}lateAfter: 45`, '2:12 is 45 of what? Write its unit, such as 45s'],
  [
    'a duration in words',
    `${model}lateAfter: 2 minutes`,
    '2:12 is "2 minutes"; write a whole number and its unit, such as 45s, 2m, 24h or 180d',
  ],
  [
    'a broken duration',
    `${model}lateAfter: 1.5h`,
    '2:12 is "1.5h"; write a whole number and its unit, such as 45s, 2m, 24h or 180d',
  ],
  ['a duration that is a list', `${model}lateAfter: [1m]`, '2:12 is not a duration; write 45s, 2m, 24h or 180d'],
  ['an empty section', `${model}noise:\n`, '2:1 is empty; write a value, or delete the line'],
  ['a hasty rung', `${model}escalation:\n  - { role: store_staff, timeout: 4s }`, '3:35 is "4s"; 5s is the least'],
  ['a slow rung', `${model}escalation:\n  - { role: store_staff, timeout: 61m }`, '3:35 is "61m"; 1h is the most'],
  ['a long post-roll', `${model}evidence: { postRoll: 61s }`, '2:23 is "61s"; 60s is the most'],
  ['a rung without role', `${model}escalation:\n  - timeout: 45s`, '3:5 role is missing'],
  [
    'a machine in the chain',
    `${model}escalation: [{ role: device, timeout: 45s }]`,
    '2:22 is "device"; write one of store_staff, store_manager, regional, soc_operator, soc_lead, admin',
  ],
  ['too many tries', `${model}escalation: [{ role: regional, timeout: 45s, tries: 6 }]`, '2:53 is 6; 5 is the most'],
  [
    'half a try',
    `${model}escalation: [{ role: regional, timeout: 45s, tries: 1.5 }]`,
    '2:53 is 1.5; it must be a whole number',
  ],
  [
    'a chain of 15',
    `${model}escalation:\n${'  - { role: regional, timeout: 5s, tries: 5 }\n'.repeat(3)}`,
    '3:3 has 15 tries in all; 12 are the most, so shorten the chain or its tries',
  ],
  [
    'nobody to ask',
    `${model}escalation: []`,
    '2:13 checkout_validation needs at least one rung; write detection_only if only danger is to page anybody',
  ],
  [
    'a SOC that comes second',
    'operatingModel: soc_led\nescalation:\n  - { role: store_staff, timeout: 45s }',
    '3:13 soc_led asks the control room first: begin with soc_operator or soc_lead, not store_staff',
  ],
  [
    'a chain where nobody is paged',
    'operatingModel: detection_only\nescalation: []',
    '2:13 danger to people must reach somebody in every model: delete the key for the usual chain, or name a rung',
  ],
  [
    'no till to ask',
    `${model}receiptFirst: []`,
    '2:15 checkout_validation asks the till before people: name at least one behaviour, such as missed_scan',
  ],
  [
    'a mistyped behaviour',
    `${model}receiptFirst: [missed_scan, wrong_scam]`,
    '2:29 is "wrong_scam"; did you mean wrong_scan?',
  ],
  [
    'a behaviour twice',
    `${model}receiptFirst: [missed_scan, missed_scan]`,
    '2:29 "missed_scan" is named twice; delete one of the two',
  ],
  [
    'a review before the end of the chain',
    `${model}reviewTimeout: 1m\nescalation: [{ role: regional, timeout: 45s, tries: 2 }]`,
    '2:16 the chain takes 90s and the incident closes as unreviewed after 1m: lengthen reviewTimeout or shorten the chain',
  ],
  [
    'too old before it is late',
    `${model}pageWithin: 30s`,
    '2:13 people would not be paged after 30s, before it even counts as late (1m): make pageWithin at least lateAfter',
  ],
  [
    'a gate for danger',
    `${model}noise: { gates: [{ behaviour: violence, count: 3, window: 1m }] }`,
    "2:31 violence is about people's safety and always passes: delete this gate",
  ],
  [
    'two gates for one',
    `${model}noise:\n  gates:\n    - { behaviour: loitering, count: 3, window: 1m }\n    - { behaviour: loitering, count: 5, window: 1h }`,
    '5:20 loitering has a gate already: keep one of the two',
  ],
  [
    'a budget for danger',
    `${model}noise: { budgets: { critical: { count: 1, window: 1h } } }`,
    '2:31 critical incidents always pass: delete this budget',
  ],
  [
    'a half-hearted off',
    `${model}noise: { suppression: none }`,
    '2:23 is "none"; write off, or what it stands for in detail',
  ],
  ['a floor above all', `${model}noise: { suppression: { floorPrecision: 0.9 } }`, '2:41 is 0.9; 0.5 is the most'],
  [
    'points for nothing',
    `${model}severityPoints: { loiterin: 10 }`,
    '2:19 "loiterin" is not a behaviour known here; did you mean loitering?',
  ],
  ['too many points', `${model}severityPoints: { loitering: 101 }`, '2:30 is 101; 100 is the most'],
  [
    'a share of nothing',
    `${model}secondReview: { share: 0.5 }`,
    '2:24 says how many, but no verdicts are named: add verdicts, such as [confirmed]',
  ],
  [
    'nothing looked at twice',
    `${model}secondReview: { verdicts: [confirmed], share: 0 }`,
    '2:47 is 0, so nothing is looked at twice: write 1 for all, or delete secondReview',
  ],
  [
    'proof gone before the rest',
    `${model}retention: { confirmed: 1d }`,
    '2:25 what was confirmed would be deleted after 1d, before what was not (7d): keep confirmed at least as long as false_positive',
  ],
  ['no merge keys', `${model}merge: { keys: [] }`, '2:16 is empty; name at least one'],
  [
    'a name that is no id',
    `id: My policy\n${model}`,
    '1:5 is "My policy"; use small letters, digits and -, 64 at most',
  ],
  ['a word of the API', `id: schema\n${model}`, '1:5 "schema" is a word of the API: choose another'],
  ['a key twice', `${model}lateAfter: 1m\nlateAfter: 2m`, '3:1 "lateAfter" is here twice: delete one of the two'],
  [
    'an alias',
    `${model}lateAfter: &late 1m\npageWithin: *late`,
    '2:18 has an anchor (&): write the value out where it is needed',
  ],
  ['a tab', `${model}till:\n\tbefore: 1s`, '3:1 tabs cannot indent: use two spaces'],
  ['two documents', `${model}---\n${model}`, '2:1 is a second document: one policy per source, so delete the line ---'],
  [
    'two colons',
    `${model}lateAfter: a: b`,
    '2:12 has two colons on one line: put the inner part on a line of its own, or the text in quotes',
  ],
  [
    'a tag',
    `${model}lateAfter: !!js/function x`,
    '2:12 Unresolved tag: tag:yaml.org,2002:js/function: write a plain value',
  ],
];

const runbook = (step: string, more = '') => `${model}runbooks:\n  - id: r\n    steps:\n      - ${step}\n${more}`;
const runbookMistakes: [name: string, source: string, problem: string][] = [
  [
    'a door by itself',
    runbook('{ id: a, action: door_lock, target: d, approvers: [soc_lead], mode: automatic }'),
    '5:77 a door_lock never happens by itself: write human or two_person instead of automatic',
  ],
  [
    'the police by one',
    runbook('{ id: a, action: police_report, approvers: [soc_lead], mode: human }'),
    '5:70 a police_report always takes two people: write two_person instead of human',
  ],
  [
    'the police by anybody',
    runbook('{ id: a, action: police_report }'),
    '5:9 a police_report needs approvers: name the roles that may approve it, such as [store_manager, soc_lead]',
  ],
  [
    'a credential by nobody',
    runbook('{ id: a, action: credential_disable, target: c, approvers: [] }'),
    '5:68 a credential_disable needs approvers: name the roles that may approve it, such as [store_manager, soc_lead]',
  ],
  [
    'steps of one name',
    runbook('{ id: a, action: task, message: x }', '      - { id: a, action: task, message: y }'),
    '6:15 "a" is the id of a step above: step ids are unique in their runbook',
  ],
  [
    'an accusation',
    runbook('{ id: a, action: task, message: Stop the thief }'),
    '5:41 accuses somebody ("thief"): say what to do, in neutral words',
  ],
  [
    'an accusation on the till',
    `${model}prompt: { after: attend, afterMessage: The thief waits }`,
    '2:40 accuses somebody ("thief"): say what to do, in neutral words',
  ],
  [
    'a payment that nobody could release',
    'operatingModel: detection_only\nprompt: { after: block }',
    '2:18 detection_only tells nobody who could come and release it: write attend or none',
  ],
  [
    'a bound of nothing',
    `${model}prompt: { maxHold: 30s }`,
    '2:20 does nothing without after: write after: attend or after: block, or delete this',
  ],
  ['a payment that waits for ever', `${model}prompt: { after: block, maxHold: 1h }`, '2:34 is "1h"; 2m is the most'],
  [
    'nothing to say',
    runbook('{ id: a, action: intercom, target: i }'),
    '5:9 a intercom needs a message: the neutral words that are shown, said or to be done',
  ],
  [
    'no device',
    runbook('{ id: a, action: signage, message: Hello }'),
    '5:9 a signage needs a target: the device that it addresses',
  ],
  [
    'an odd device',
    runbook('{ id: a, action: signage, message: Hello, target: a/b }'),
    '5:59 is "a/b"; use letters, digits, - and _, 64 at most',
  ],
  [
    'never reached',
    runbook(
      '{ id: a, action: task, message: x }',
      '  - id: s\n    minSeverity: high\n    steps: [{ id: a, action: task, message: x }]',
    ),
    '6:5 is never reached: "r" above fits everything that this one fits; put the special ones first',
  ],
  [
    'one name twice',
    `${model}runbooks:\n  - id: r\n    behaviours: [violence]\n    steps: [{ id: a, action: task, message: x }]\n  - id: r\n    steps: [{ id: a, action: task, message: x }]`,
    '6:9 "r" is the id of a runbook above: give this one another',
  ],
  ['no steps', `${model}runbooks: [{ id: r, steps: [] }]`, '2:28 is empty; name at least one'],
  [
    'a maybe',
    runbook('{ id: a, action: task, message: x, mandatory: yes }'),
    '5:55 is "yes"; it must be true or false',
  ],
];

describe('a document with a mistake', () => {
  it.each([...mistakes, ...runbookMistakes])('%s is told where and what to write instead', (_name, source, problem) => {
    expect(problemsOf(source)).toContain(problem);
  });

  it('is told of each mistake once, and of all at once, from the top', () => {
    const source = `${model}escalaton: []\nlateAfter: 45\nnoise:\n  perShift: 0\n  suppression: on\nretention: { confirmed: 1d, paid: never }\n`;
    expect(problemsOf(source).map((problem) => problem.split(' ')[0])).toEqual([
      '2:1',
      '3:12',
      '5:13',
      '6:16',
      '7:25',
      '7:35',
    ]);
  });

  it('is refused when it is meant for another policy', () => {
    expect(problemsOf(`id: night\n${model}`, 'day')).toEqual([
      '1:5 this document is for "night" and was sent to "day"',
    ]);
    expect(parsePolicyDocument(model, 'day')).toMatchObject({ policy: { id: 'day' } });
  });
});

describe('a source that is made to do harm', () => {
  const quick = (source: string): string[] => {
    const startedMs = performance.now();
    const problems = problemsOf(source);
    // What blows up takes minutes; a busy machine does not.
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    return problems;
  };

  it.each([
    ['is larger than it may be', `${model}# ${'x'.repeat(70_000)}`, '1:1 is larger than 64 kB: a policy takes a few'],
    ['is nested without end', '['.repeat(60_000), '1:1 is nested too deeply for a policy'],
    ['is a list in a list in a list', '- '.repeat(30_000), '1:1 is nested too deeply for a policy'],
  ])('that %s is refused', (_name, source, problem) => {
    expect(quick(source)).toEqual([problem]);
  });

  it('with aliases of aliases is refused before anything is built of it', () => {
    const lines = ['a0: &a0 [x, x]', ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)];
    expect(quick(lines.join('\n')).some((problem) => problem.includes('is an alias'))).toBe(true);
  });

  it('with thousands of unknown keys is answered at once, with the first of them', () => {
    const problems = quick(`${model}${Array.from({ length: 6_000 }, (_, i) => `k${i}: 1`).join('\n')}`);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatch(/and 5900 more problems below$/);
  });

  it('with a key of the language itself finds no way in', () => {
    expect(problemsOf(`${model}__proto__: { polluted: true }`)).toEqual([
      expect.stringContaining('"__proto__" is not a key here'),
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('of any signs is answered and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 300 }),
          fc.string({ unit: fc.constantFrom(...'{}[]:,-#&*!|>\'"%@ \n\tab1'), maxLength: 80 }),
        ),
        (source) => {
          const parsed = parsePolicyDocument(source);
          if (!('problems' in parsed)) return;
          expect(parsed.problems.length).toBeGreaterThan(0);
          for (const { line, column } of parsed.problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(source.split('\n').length);
            expect(column).toBeGreaterThanOrEqual(1);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('what is left out', () => {
  it.each(['checkout_validation', 'soc_led', 'detection_only'] as const)(
    'takes the default of %s',
    (operatingModel) => {
      expect(policyOf(`operatingModel: ${operatingModel}`)).toEqual(
        counted(withoutVersion(modelDefaults[operatingModel])),
      );
    },
  );

  it('takes it part by part, and budgets as a whole', () => {
    const { noise, evidence } = policyOf(
      `${model}noise: { storm: { count: 9 }, budgets: { low: { count: 1, window: 1h } } }\nevidence: { preRoll: 9s }`,
    );
    expect(noise).toEqual({
      ...defaultPolicy.noise,
      storm: { ...defaultPolicy.noise.storm, count: 9 },
      budgets: { low: { count: 1, windowMs: 3_600_000 } },
    });
    expect(evidence).toEqual({ ...defaultPolicy.evidence, preRollMs: 9_000 });
  });

  it('of a step is as few people as it may take', () => {
    const { runbooks } = policyOf(
      runbook(
        '{ id: a, action: terminal_prompt, message: Please scan again }',
        '      - { id: b, action: police_report, approvers: [soc_lead] }',
      ),
    );
    expect(runbooks[0]?.steps).toMatchObject([
      { mode: 'automatic', approvers: [], mandatory: false, ackTimeoutMs: 10_000 },
      { mode: 'two_person', approvers: ['soc_lead'] },
    ]);
  });

  it('is what the published schema says', () => {
    const defaults = (schema: Record<string, unknown>, value: unknown, path: string): string[] => {
      const { default: published, properties } = schema as {
        default?: unknown;
        properties?: Record<string, Record<string, unknown>>;
      };
      const wrong =
        published !== undefined && JSON.stringify(published) !== JSON.stringify(value)
          ? [`${path}: ${JSON.stringify(published)} is ${JSON.stringify(value)}`]
          : [];
      const inner =
        properties ??
        (schema['else'] as { properties?: Record<string, Record<string, unknown>> } | undefined)?.properties ??
        {};
      return [
        ...wrong,
        ...Object.entries(inner).flatMap(([key, part]) =>
          defaults(part, (value as Record<string, unknown> | undefined)?.[key], `${path}.${key}`),
        ),
      ];
    };
    const written = { ...describePolicy(withoutVersion(defaultPolicy)), reviewTimeout: '24h' };
    expect(defaults(policySchema, written, '')).toEqual([]);
  });
});

describe('a till that asks', () => {
  it('only asks, unless the policy says what comes after', () => {
    expect(policyOf(`${model}prompt: { wait: 5s }`).prompt).toEqual({
      ...{ waitMs: 5_000, message: 'Please scan the last item again.' },
    });
    expect(policyOf(`${model}prompt: { wait: 5s, after: block, maxHold: 30s }`).prompt?.after).toEqual({
      ...{ kind: 'block', message: 'A colleague is on the way to help you.', maxMs: 30_000 },
    });
  });
});

describe('tries', () => {
  it('become rungs that count their attempts', () => {
    expect(
      policyOf(
        `${model}escalation:\n  - { role: store_staff, timeout: 45s, tries: 2 }\n  - { role: regional, timeout: 2m }`,
      ).escalation,
    ).toEqual([
      { role: 'store_staff', timeoutMs: 45_000, attempt: 0 },
      { role: 'store_staff', timeoutMs: 45_000, attempt: 1 },
      { role: 'regional', timeoutMs: 120_000, attempt: 0 },
    ]);
  });
});

const behaviour = fc.constantFrom(...(Object.keys(behaviours) as (keyof typeof behaviours)[]));
const within = (least: number, most: number) =>
  fc.oneof(
    fc.integer({ min: Math.ceil(least / 1_000), max: Math.floor(most / 1_000) }).map((s) => `${s}s`),
    fc.integer({ min: least, max: most }).map((ms) => `${ms}ms`),
  );
const optional = <T extends object>(shape: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record<T, never>(shape, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const subset = <T>(items: readonly T[], minLength = 0) => fc.subarray([...items], { minLength });
const step: fc.Arbitrary<Omit<DocumentStep, 'id'>> = fc.record(
  {
    action: fc.constantFrom('task' as const, 'intercom' as const, 'signage' as const, 'door_lock' as const),
    mode: fc.constantFrom('human' as const, 'two_person' as const),
    approvers: subset(['store_manager', 'soc_lead', 'regional'] as const, 1).map((roles) => [...roles]),
    target: fc.constantFrom('screen-1', 'D_2'),
    message: fc.constantFrom('Please look', 'Éclairage: allumez # la lampe', '  two\nlines', 'off', '45s', "it's: [1]"),
    mandatory: fc.boolean(),
    ackTimeout: within(1_000, 60_000),
  },
  { requiredKeys: ['action', 'mode', 'approvers', 'target', 'message'] },
);
const runbooks: fc.Arbitrary<DocumentRunbook[]> = fc
  .array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 1 })
  .map((all) =>
    all.map((steps, index) => ({
      id: `r-${index}`,
      minSeverity: 'low' as const,
      steps: steps.map((one, at) => ({ ...one, id: `s-${at}` })),
    })),
  );

const documents: fc.Arbitrary<PolicyDocument> = fc
  .record({
    operatingModel: fc.constantFrom('checkout_validation' as const, 'soc_led' as const, 'detection_only' as const),
    rest: optional<Omit<PolicyDocument, 'operatingModel' | 'escalation'>>({
      id: fc.constantFrom('default', 'night', 'a-1'),
      receiptFirst: fc.uniqueArray(behaviour, { minLength: 1 }),
      till: optional({ before: within(0, 30_000), after: within(0, 30_000), feedStaleAfter: within(1_000, 600_000) }),
      merge: optional({
        window: within(0, 600_000),
        keys: subset(['camera', 'zone', 'behaviour'] as const, 1).map((keys) => [...keys]),
      }),
      lateAfter: within(1_000, 60_000),
      pageWithin: within(60_000, 86_400_000),
      evidence: optional({
        preRoll: within(0, 60_000),
        postRoll: within(0, 60_000),
        grace: within(0, 300_000),
        giveUpAfter: within(10_000, 86_400_000),
      }),
      prompt: fc.oneof(
        fc.constant('off' as const),
        optional({ wait: within(2_000, 60_000), message: fc.constant('Please scan it again.') }),
        within(10_000, 120_000).map((maxHold) => ({ after: 'attend' as const, maxHold })),
      ),
      acknowledgedTimeout: within(10_000, 86_400_000),
      reviewTimeout: within(43_200_001, 2_592_000_000),
      claim: within(30_000, 7_200_000),
      linkLifetime: within(60_000, 86_400_000),
      noise: optional({
        gates: fc
          .uniqueArray(fc.constantFrom('loitering' as const, 'concealment' as const), { maxLength: 2 })
          .map((all) => all.map((one) => ({ behaviour: one, count: 3, window: '10m' }))),
        storm: optional({ count: fc.integer({ min: 1, max: 100 }), window: within(1_000, 86_400_000) }),
        suppression: fc.oneof(
          fc.constant('off' as const),
          optional({
            minVerdicts: fc.integer({ min: 5, max: 999 }),
            floorPrecision: fc.constantFrom(0, 0.05, 0.5),
            window: within(3_600_000, 86_400_000),
            passEvery: fc.integer({ min: 2, max: 9 }),
          }),
        ),
        perShift: fc.integer({ min: 1, max: 10_000 }),
        budgets: optional({
          low: fc.constant({ count: 1, window: '1h' }),
          high: fc.constant({ count: 7, window: '90s' }),
        }),
        quietHoursPass: fc.constantFrom('low' as const, 'critical' as const),
      }),
      severityPoints: fc.dictionary(behaviour, fc.integer({ min: 0, max: 100 })),
      secondReview: fc.constantFrom(
        { verdicts: ['confirmed' as const], share: 0.25 },
        { verdicts: ['paid' as const, 'confirmed' as const] },
      ),
      runbooks,
      retention: optional({
        ...Object.fromEntries(
          retainedVerdicts.map((verdict) => [
            verdict,
            verdict === 'confirmed' ? within(864_000_000, 8_640_000_000) : within(3_600_000, 864_000_000),
          ]),
        ),
        rules: fc.constantFrom(
          [],
          [{ id: 'violence', categories: ['violent_behaviour' as const], keep: '400d' }],
          [
            { id: 'all', keep: '2h' },
            { id: 'open', outcomes: ['unreviewed' as const], keep: '90d' },
          ],
        ),
        whenShortened: fc.constantFrom('keep' as const, 'apply' as const),
        coldAfter: fc.constantFrom('never', '30d'),
      }),
    }),
    chain: fc.array(
      fc.record({
        role: fc.constantFrom('soc_lead' as const, 'soc_operator' as const),
        timeout: within(5_000, 3_600_000),
        tries: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    written: fc.boolean(),
  })
  .map(({ operatingModel, rest, chain, written }) => ({
    ...rest,
    operatingModel,
    ...(written ? { escalation: chain } : {}),
  }));

describe('any sound document', () => {
  it('is taken as JSON, and its policy comes back from the YAML that is made of it', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const policy = policyOf(JSON.stringify(document));
        expect(policy).toEqual(compilePolicy(document, document.id ?? 'default'));
        const again = formatPolicyDocument(policy);
        expect(policyOf(again)).toEqual(policy);
        expect(formatPolicyDocument(policyOf(again))).toBe(again);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the examples', () => {
  const folder = new URL('../../examples/policies/', import.meta.url);
  it('are one of each model', () => {
    const models = readdirSync(folder).map(
      (file) => policyOf(readFileSync(new URL(file, folder), 'utf8')).operatingModel,
    );
    expect(models.toSorted()).toEqual(['checkout_validation', 'detection_only', 'soc_led']);
  });
});
