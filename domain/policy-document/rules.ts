import { accusingWords } from '../messages/neutral.ts';
import { type Behaviour, behaviours } from '../types.ts';
import { modelDefaults } from './defaults.ts';
import type { DocumentPath, DocumentProblem, PolicyDocument, RetainedVerdict } from './document.ts';
import { formatDuration, parseDuration } from './durations.ts';
import type { Loose } from './loose.ts';
import { runbookProblems } from './runbook-rules.ts';

type Report = (path: DocumentPath, message: string) => void;
type LooseDocument = Loose<PolicyDocument>;

const maxRungs = 12;
/** They stand where an id stands in the paths of the API. */
const reservedIds: readonly string[] = ['schema', 'validate'];
const socRoles: readonly string[] = ['soc_operator', 'soc_lead'];

/** What a document of the right shape may still get wrong. Parts that are missing or were already refused are skipped. */
export function ruleProblems(document: LooseDocument): DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  const report: Report = (path, message) => problems.push({ path, message });
  if (document.id !== undefined && reservedIds.includes(document.id))
    report(['id'], `"${document.id}" is a word of the API: choose another`);
  modelRules(document, report);
  promptRules(document, report);
  chainRules(document, report);
  noiseRules(document, report);
  reviewRules(document, report);
  retentionRules(document, report);
  runbookProblems(document.runbooks ?? [], report);
  return problems;
}

function modelRules({ operatingModel, escalation, receiptFirst }: LooseDocument, report: Report): void {
  if (operatingModel === undefined) return;
  const empty = escalation !== undefined && escalation.length === 0;
  if (empty)
    report(
      ['escalation'],
      operatingModel === 'detection_only'
        ? 'danger to people must reach somebody in every model: delete the key for the usual chain, or name a rung'
        : `${operatingModel} needs at least one rung; write detection_only if only danger is to page anybody`,
    );
  const firstRole = escalation?.[0]?.role;
  if (operatingModel === 'soc_led' && firstRole !== undefined && !socRoles.includes(firstRole))
    report(
      ['escalation', 0, 'role'],
      `soc_led asks the control room first: begin with soc_operator or soc_lead, not ${firstRole}`,
    );
  if (operatingModel === 'checkout_validation' && receiptFirst !== undefined && receiptFirst.length === 0)
    report(
      ['receiptFirst'],
      'checkout_validation asks the till before people: name at least one behaviour, such as missed_scan',
    );
}

function promptRules({ prompt, operatingModel }: LooseDocument, report: Report): void {
  if (prompt === undefined || typeof prompt === 'string') return;
  for (const key of ['message', 'afterMessage'] as const) {
    const word = accusingWords.exec(prompt[key] ?? '')?.[0];
    if (word !== undefined) report(['prompt', key], `accuses somebody ("${word}"): say what to do, in neutral words`);
  }
  const { after = 'none', maxHold, afterMessage } = prompt;
  if (after === 'block' && operatingModel === 'detection_only')
    report(['prompt', 'after'], 'detection_only tells nobody who could come and release it: write attend or none');
  if (after === 'none' && (maxHold !== undefined || afterMessage !== undefined))
    report(
      ['prompt', maxHold === undefined ? 'afterMessage' : 'maxHold'],
      'does nothing without after: write after: attend or after: block, or delete this',
    );
}

function chainRules(document: LooseDocument, report: Report): void {
  const { escalation, reviewTimeout, lateAfter, pageWithin, operatingModel } = document;
  const rungs = (escalation ?? []).map((rung) => ({
    tries: rung?.tries ?? 1,
    timeoutMs: parseDuration(rung?.timeout ?? '') ?? 0,
  }));
  const count = rungs.reduce((sum, { tries }) => sum + tries, 0);
  if (count > maxRungs)
    report(['escalation'], `has ${count} tries in all; ${maxRungs} are the most, so shorten the chain or its tries`);
  const base = modelDefaults[operatingModel ?? 'checkout_validation'];
  const chainMs = rungs.reduce((sum, { tries, timeoutMs }) => sum + tries * timeoutMs, 0);
  const reviewMs = parseDuration(reviewTimeout ?? '') ?? base.reviewTimeoutMs;
  if (chainMs >= reviewMs)
    report(
      [reviewTimeout === undefined ? 'escalation' : 'reviewTimeout'],
      `the chain takes ${formatDuration(chainMs)} and the incident closes as unreviewed after ${formatDuration(reviewMs)}: lengthen reviewTimeout or shorten the chain`,
    );
  const lateMs = parseDuration(lateAfter ?? '') ?? base.lateAfterMs;
  const pageMs = parseDuration(pageWithin ?? '') ?? base.pageWithinMs;
  if (pageMs < lateMs && (lateAfter !== undefined || pageWithin !== undefined))
    report(
      [pageWithin === undefined ? 'lateAfter' : 'pageWithin'],
      `people would not be paged after ${formatDuration(pageMs)}, before it even counts as late (${formatDuration(lateMs)}): make pageWithin at least lateAfter`,
    );
}

function noiseRules({ noise, fusion }: LooseDocument, report: Report): void {
  const seen = new Set<Behaviour>();
  (noise?.gates ?? []).forEach((gate, index) => {
    const behaviour = gate?.behaviour;
    if (behaviour === undefined) return;
    const path = ['noise', 'gates', index, 'behaviour'];
    const category = behaviours[behaviour];
    if (category === 'safety' || category === 'violent_behaviour')
      report(path, `${behaviour} is about people's safety and always passes: delete this gate`);
    if (seen.has(behaviour)) report(path, `${behaviour} has a gate already: keep one of the two`);
    seen.add(behaviour);
  });
  for (const behaviour of Object.keys(fusion?.holdBelow ?? {}) as Behaviour[]) {
    const category = behaviours[behaviour];
    if (category === 'safety' || category === 'violent_behaviour')
      report(['fusion', 'holdBelow', behaviour], `${behaviour} is about people's safety and always passes: delete it`);
  }
  if (noise?.budgets?.critical !== undefined)
    report(['noise', 'budgets', 'critical'], 'critical incidents always pass: delete this budget');
}

function reviewRules({ secondReview }: LooseDocument, report: Report): void {
  if (secondReview === undefined) return;
  const { verdicts, share } = secondReview;
  if ((verdicts === undefined || verdicts.length === 0) && share !== undefined && share > 0)
    report(['secondReview', 'share'], 'says how many, but no verdicts are named: add verdicts, such as [confirmed]');
  if (verdicts !== undefined && verdicts.length > 0 && share === 0)
    report(['secondReview', 'share'], 'is 0, so nothing is looked at twice: write 1 for all, or delete secondReview');
}

function retentionRules({ retention, operatingModel }: LooseDocument, report: Report): void {
  const base = modelDefaults[operatingModel ?? 'checkout_validation'].retentionMs;
  const keptMs = (verdict: RetainedVerdict) => parseDuration(retention?.[verdict] ?? '') ?? base[verdict];
  const [confirmedMs, dismissedMs] = [keptMs('confirmed'), keptMs('false_positive')];
  const ids = (retention?.rules ?? []).map((rule) => rule?.id);
  for (const [index, id] of ids.entries())
    if (id !== undefined && ids.indexOf(id) < index)
      report(['retention', 'rules', index, 'id'], `"${id}" is the id of an earlier rule: give each its own`);
  if (confirmedMs >= dismissedMs) return;
  report(
    ['retention', retention?.confirmed === undefined ? 'false_positive' : 'confirmed'],
    `what was confirmed would be deleted after ${formatDuration(confirmedMs)}, before what was not (${formatDuration(dismissedMs)}): keep confirmed at least as long as false_positive`,
  );
}
