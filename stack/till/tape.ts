import { z } from 'zod';

const line = z.object({
  /** Seconds of the recording. */
  t_s: z.number().min(0).max(86_400),
  type: z.enum(['scan', 'void', 'refund', 'override', 'no_sale', 'tender', 'drawer']),
  plu: z
    .string()
    .regex(/^[A-Za-z0-9]{1,32}$/, 'must be 1 to 32 letters and digits')
    .optional(),
  description: z.string().max(128).optional(),
  priceMinor: z.number().int().min(0).max(100_000_000).optional(),
});

const truth = z.object({ tillTape: z.array(line).min(1, 'has no lines').max(100_000) });

export type TapeLine = z.infer<typeof line>;

/** Reads the `tillTape` of a truth file, oldest line first; throws with every field that is wrong. */
export function parseTape(json: string): TapeLine[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`The tape is not JSON: ${(error as Error).message}`);
  }
  const parsed = truth.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(file)'}: ${issue.message}`);
    throw new Error(`The tape cannot be played; give a truth file with a "tillTape":\n${problems.join('\n')}`);
  }
  return parsed.data.tillTape.toSorted((a, b) => a.t_s - b.t_s);
}
