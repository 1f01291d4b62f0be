import { accusingWords } from '../messages/neutral.ts';
import { atLeast, effectiveMode, isDeviceAction, type RunbookAction } from '../runbook.ts';
import type { DocumentPath, DocumentRunbook, DocumentStep } from './document.ts';
import type { Loose } from './loose.ts';

type Report = (path: DocumentPath, message: string) => void;
type LooseRunbook = Loose<DocumentRunbook> | undefined;

const restricted: readonly RunbookAction[] = ['door_lock', 'credential_disable', 'police_report'];
const spoken: readonly RunbookAction[] = ['terminal_prompt', 'signage', 'intercom', 'task'];

export function runbookProblems(runbooks: readonly LooseRunbook[], report: Report): void {
  const ids = new Set<string>();
  runbooks.forEach((runbook, index) => {
    if (runbook === undefined) return;
    const at = ['runbooks', index];
    if (runbook.id !== undefined && ids.has(runbook.id))
      report([...at, 'id'], `"${runbook.id}" is the id of a runbook above: give this one another`);
    if (runbook.id !== undefined) ids.add(runbook.id);
    const cover = runbooks.slice(0, index).find((earlier) => covers(earlier, runbook));
    if (cover !== undefined)
      report(
        at,
        `is never reached: "${cover?.id ?? ''}" above fits everything that this one fits; put the special ones first`,
      );
    const stepIds = new Set<string>();
    (runbook.steps ?? []).forEach((step, stepIndex) => {
      if (step === undefined) return;
      const stepAt = [...at, 'steps', stepIndex];
      if (step.id !== undefined && stepIds.has(step.id))
        report([...stepAt, 'id'], `"${step.id}" is the id of a step above: step ids are unique in their runbook`);
      if (step.id !== undefined) stepIds.add(step.id);
      stepRules(step, stepAt, report);
    });
  });
}

function covers(earlier: LooseRunbook, later: NonNullable<LooseRunbook>): boolean {
  if (earlier === undefined || earlier.steps === undefined || later.steps === undefined) return false;
  const [wide, narrow] = [earlier.behaviours ?? 'any', later.behaviours ?? 'any'];
  const fits = wide === 'any' || (narrow !== 'any' && narrow.every((behaviour) => wide.includes(behaviour)));
  return fits && atLeast(later.minSeverity ?? 'low', earlier.minSeverity ?? 'low');
}

function stepRules(step: Loose<DocumentStep>, at: DocumentPath, report: Report): void {
  const { action, mode, approvers, message, target } = step;
  if (message !== undefined && accusingWords.test(message))
    report(
      [...at, 'message'],
      `accuses somebody ("${accusingWords.exec(message)?.[0] ?? ''}"): say what to do, in neutral words`,
    );
  if (action === undefined) return;
  if (spoken.includes(action) && message === undefined)
    report(at, `a ${action} needs a message: the neutral words that are shown, said or to be done`);
  if (isDeviceAction(action) && action !== 'terminal_prompt' && target === undefined)
    report(at, `a ${action} needs a target: the device that it addresses`);
  if (action === 'police_report' && mode !== undefined && mode !== 'two_person')
    report([...at, 'mode'], `a police_report always takes two people: write two_person instead of ${mode}`);
  else if (mode !== undefined && effectiveMode({ action, mode }) !== mode)
    report([...at, 'mode'], `a ${action} never happens by itself: write human or two_person instead of ${mode}`);
  if (restricted.includes(action) && (approvers === undefined || approvers.length === 0))
    report(
      approvers === undefined ? at : [...at, 'approvers'],
      `a ${action} needs approvers: name the roles that may approve it, such as [store_manager, soc_lead]`,
    );
  else if (mode !== undefined && mode !== 'automatic' && approvers !== undefined && approvers.length === 0)
    report([...at, 'approvers'], `is empty, so nobody could approve this step: name at least one role`);
}
