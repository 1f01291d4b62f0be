import type { DayFileFormat, DayFileReader } from '../../domain/day-file.ts';
import { readCsvDay } from './csv-day.ts';
import { readPosLog } from './poslog.ts';

/** The reader of each format that a day file may have. */
export const dayFileReaders: Readonly<Record<DayFileFormat, DayFileReader>> = { csv: readCsvDay, poslog: readPosLog };
