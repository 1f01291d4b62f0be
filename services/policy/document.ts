import { Document, isScalar, visit } from 'yaml';
import type { Policy } from '../../domain/policy.ts';
import { compilePolicy } from '../../domain/policy-document/compile.ts';
import { describePolicy } from '../../domain/policy-document/describe.ts';
import type { DocumentPath, PolicyDocument } from '../../domain/policy-document/document.ts';
import type { Loose } from '../../domain/policy-document/loose.ts';
import { ruleProblems } from '../../domain/policy-document/rules.ts';
import { shapeProblems } from './schema-problems.ts';
import { readSource, type SourceProblem } from './yaml-source.ts';

export type { SourceProblem } from './yaml-source.ts';
export type CompiledPolicy = Omit<Policy, 'version'>;
export type ParsedPolicy = { policy: CompiledPolicy } | { problems: SourceProblem[] };

const maxProblems = 100;

/**
 * What a person wrote, checked and with its defaults filled in; or everything that is wrong with it at once, each with
 * its line and column. `sentTo` is the policy that it is meant for.
 */
export function parsePolicyDocument(source: string, sentTo?: string): ParsedPolicy {
  const read = readSource(source);
  if ('problems' in read) return { problems: firstOf(read.problems) };
  const { value, problemAt } = read;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problems: [problemAt([], 'is no policy: write keys and values, beginning with operatingModel: …')] };
  const shape = shapeProblems(value);
  const sound = shape.reduce(without, structuredClone(value) as Loose<PolicyDocument>);
  const problems = [
    ...shape.map(({ path, message, at }) => problemAt(path, message, at)),
    ...ruleProblems(sound).map(({ path, message }) => problemAt(path, message)),
  ];
  if (sentTo !== undefined && sound.id !== undefined && sound.id !== sentTo)
    problems.push(problemAt(['id'], `this document is for "${sound.id}" and was sent to "${sentTo}"`));
  if (problems.length > 0) return { problems: firstOf(problems) };
  const document = value as PolicyDocument;
  return { policy: compilePolicy(document, document.id ?? sentTo ?? 'default') };
}

/** The document of a policy, with everything written out, ready to be edited. */
export function formatPolicyDocument(policy: CompiledPolicy): string {
  const document = new Document(describePolicy(policy));
  visit(document, {
    // What fits on a line is easier to read there.
    Seq: (_key, node) => {
      node.flow = node.items.every(isScalar);
    },
    Map: (key, node) => {
      node.flow = key !== null && node.items.length <= 4 && node.items.every(({ value }) => isScalar(value));
    },
  });
  return document.toString({ lineWidth: 110, flowCollectionPadding: true });
}

/** In the order in which a person reads; one message per place is enough. */
function firstOf(problems: readonly SourceProblem[]): SourceProblem[] {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const shown = sorted.slice(0, maxProblems);
  const last = shown.at(-1);
  if (last && sorted.length > shown.length)
    shown.push({ ...last, path: '', message: `and ${sorted.length - shown.length} more problems below` });
  return shown;
}

/** The document without a part that was refused, so that the other rules still have their say. */
function without(document: Loose<PolicyDocument>, { path }: { path: DocumentPath }): Loose<PolicyDocument> {
  let node: unknown = document;
  for (const segment of path.slice(0, -1))
    node = typeof node === 'object' && node !== null ? (node as Record<string | number, unknown>)[segment] : undefined;
  const last = path.at(-1);
  if (last !== undefined && typeof node === 'object' && node !== null)
    (node as Record<string | number, unknown>)[last] = undefined;
  return document;
}
