import { useLayoutEffect, useRef } from 'react';
import { addDays, dayName } from '../admin/zone.ts';
import type { Schemas } from '../api/client.ts';
import page from '../pages/page.module.css';
import classes from './rate-strip.module.css';
import { analysisStates, counted, ruleWords } from './words.ts';

type DayMeasure = Schemas['TillMeasures']['items'][number];

interface RateStripProps {
  range: { fromDay: string; toDay: string };
  measures: readonly DayMeasure[];
  looked: ReadonlyMap<string, Schemas['TillAnalysis']>;
  day: string | undefined;
  /** Undefined: all days again. */
  onDay: (day: string | undefined) => void;
}

/** Exceptions for each 1,000 receipts, a bar a day; pressing one shows that day alone. */
export function RateStrip({ range, measures, looked, day, onDay }: RateStripProps) {
  const strip = useRef<HTMLDivElement>(null);
  const { fromDay, toDay } = range;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another range is another strip, whose last days matter most
  useLayoutEffect(() => {
    strip.current?.scrollTo({ left: strip.current.scrollWidth });
  }, [fromDay, toDay]);
  const days = daysOf(range);
  const seen = measures.filter(({ lanes }) => lanes.length > 0);
  const byDay = new Map(seen.map((each) => [each.day, each]));
  const asked = saidOfPrompts(measures.flatMap(({ prompts }) => prompts));
  const rates = measures.flatMap(({ exceptionsPer1000 }) => exceptionsPer1000 ?? []);
  const highest = Math.max(1, ...rates);
  const receipts = measures.reduce((sum, each) => sum + each.transactions, 0);
  const exceptions = measures.reduce((sum, each) => sum + each.exceptions, 0);
  return (
    <section className={`${page.card} ${classes.card}`} aria-labelledby="rate" data-testid="rate-strip">
      <div className={classes.head}>
        <h2 id="rate" className={classes.title}>
          Exceptions for each 1,000 receipts
        </h2>
        <p className={classes.sum}>
          {seen.length === 0
            ? 'No day of these was looked through.'
            : `${counted(exceptions, 'exception')} in ${counted(receipts, 'receipt')}, ${counted(seen.length, 'day')} looked through`}
        </p>
        {asked && (
          <p className={classes.sum} data-testid="prompts">
            {asked}
          </p>
        )}
      </div>
      <div ref={strip} className={classes.scroll}>
        <ol className={classes.days}>
          {days.map((date) => (
            <li key={date}>
              <DayBar
                date={date}
                measure={byDay.get(date)}
                analysis={looked.get(date)}
                highest={highest}
                isChosen={date === day}
                onPress={() => onDay(date === day ? undefined : date)}
              />
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

interface DayBarProps {
  date: string;
  measure: DayMeasure | undefined;
  analysis: Schemas['TillAnalysis'] | undefined;
  highest: number;
  isChosen: boolean;
  onPress: () => void;
}

const barHeight = 72;

function DayBar({ date, measure, analysis, highest, isChosen, onPress }: DayBarProps) {
  const rate = measure?.exceptionsPer1000 ?? null;
  const height = rate === null ? 0 : Math.max(rate > 0 ? 3 : 1, (rate / highest) * barHeight);
  const [weekday = '', number = ''] = dayName(date).split(' ');
  const said = sayDay(measure, analysis);
  return (
    <button
      type="button"
      className={classes.day}
      aria-pressed={isChosen}
      title={`${dayName(date)}: ${said}`}
      data-day={date}
      onClick={onPress}
    >
      <span className={classes.rate} aria-hidden="true">
        {rate === null ? '' : rate === 0 ? '0' : rate < 100 ? rate.toFixed(1) : Math.round(rate)}
      </span>
      <svg viewBox={`0 0 10 ${barHeight}`} preserveAspectRatio="none" className={classes.bar} aria-hidden="true">
        {rate === null ? (
          <path d={`M0 ${barHeight - 1}H10`} className={classes.none} data-state={analysis?.state} />
        ) : (
          <rect x="0" y={barHeight - height} width="10" height={height} className={classes.fill} data-any={rate > 0} />
        )}
      </svg>
      <span className="visually-hidden">
        {dayName(date)}: {said}
      </span>
      <span className={classes.date} aria-hidden="true">
        {weekday}
        <b>{number}</b>
      </span>
    </button>
  );
}

function sayDay(measure: DayMeasure | undefined, analysis: Schemas['TillAnalysis'] | undefined): string {
  if (!measure)
    return !analysis
      ? 'not looked through'
      : analysis.state === 'done'
        ? 'no receipts'
        : analysisStates[analysis.state].label.toLowerCase();
  const rules = Object.entries(measure.byRule).map(
    ([rule, count]) => `${count} × ${ruleWords[rule as keyof typeof ruleWords]?.title ?? rule}`,
  );
  const rate = measure.exceptionsPer1000 === null ? '' : `, ${measure.exceptionsPer1000.toFixed(1)} for each 1,000`;
  const what = `${counted(measure.exceptions, 'exception')} in ${counted(measure.transactions, 'receipt')}${rate}`;
  return rules.length > 0 ? `${what} (${rules.join(', ')})` : what;
}

/** What the self-checkouts asked for on these days, in a sentence; null: nothing. */
function saidOfPrompts(prompts: readonly DayMeasure['prompts'][number][]): string | null {
  const sum = (what: 'sent' | 'rescanned' | 'dark' | 'attended' | 'blocked' | 'blockedMs') =>
    prompts.reduce((total, prompt) => total + prompt[what], 0);
  if (sum('sent') === 0) return null;
  const blocked =
    sum('blocked') === 0
      ? []
      : [`${counted(sum('blocked'), 'payment')} kept waiting, ${Math.round(sum('blockedMs') / 1_000)} s in all`];
  const more = [
    ...(sum('dark') === 0 ? [] : [`${sum('dark')} on a dark screen`]),
    ...(sum('attended') === 0 ? [] : [`the attendant called ${counted(sum('attended'), 'time')}`]),
    ...blocked,
  ];
  return `Self-checkouts asked for ${counted(sum('sent'), 'scan')}, ${sum('rescanned')} came${more.map((part) => `; ${part}`).join('')}.`;
}

function daysOf({ fromDay, toDay }: { fromDay: string; toDay: string }): string[] {
  const days: string[] = [];
  for (let day = fromDay; day <= toDay; day = addDays(day, 1)) days.push(day);
  return days;
}
