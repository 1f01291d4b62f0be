import { accessChecks } from './access-checks.ts';
import type { Check } from './bench.ts';
import { lockChecks } from './lock-checks.ts';
import { objectChecks } from './object-checks.ts';

export const checks: readonly Check[] = [...objectChecks, ...lockChecks, ...accessChecks];
