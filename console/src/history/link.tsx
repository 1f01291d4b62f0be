import { Link } from '@tanstack/react-router';
import { useSession } from '../ui/session.ts';
import classes from './page.module.css';

/** To the workflow's story, for those who may read it. */
export function HistoryLink({ incidentId }: { incidentId: string }) {
  const { may } = useSession();
  if (!may('audit.read')) return null;
  return (
    <p>
      <Link to="/incidents/$incidentId/history" params={{ incidentId }} className={classes.link}>
        What the system did, step by step
      </Link>
    </p>
  );
}
