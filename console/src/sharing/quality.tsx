import { useQuery } from '@tanstack/react-query';
import { qualityQuery } from './queries.ts';
import classes from './sharing.module.css';
import { qualitySentence } from './words.ts';

/** How good the evidence is, and what of: every part with its points. */
export function EvidenceQuality({ incidentId }: { incidentId: string }) {
  const quality = useQuery(qualityQuery(incidentId));
  if (!quality.data) return null;
  const { score, parts } = quality.data;
  return (
    <details>
      <summary>
        The evidence scores <b data-testid="quality-score">{score}</b> of 100
      </summary>
      <dl className={classes.parts} data-testid="quality-parts">
        {parts.map((part) => (
          <Part key={part.code} points={`${part.points} of ${part.of}`} sentence={qualitySentence(part)} />
        ))}
      </dl>
    </details>
  );
}

const Part = ({ points, sentence }: { points: string; sentence: string }) => (
  <>
    <dt>{points}</dt>
    <dd>{sentence}</dd>
  </>
);
