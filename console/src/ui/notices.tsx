import { Button, Loader } from '@mantine/core';
import { IconAlertCircle, IconRefresh } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError, nextStep } from '../api/client.ts';
import classes from './notices.module.css';

/** Shown while the first answer is on its way. */
export function Loading({ page = false, label = 'Loading' }: { page?: boolean; label?: string }) {
  return (
    <div className={classes.notice} data-page={page || undefined} role="status">
      <Loader size="sm" type="dots" />
      <span className="visually-hidden">{label}</span>
    </div>
  );
}

/** What went wrong and what to do about it. */
export function Failure({ error, onRetry, page = false }: { error: unknown; onRetry?: () => void; page?: boolean }) {
  const title = error instanceof Error && error.message ? error.message : 'Something went wrong';
  const Title = page ? 'h1' : 'p';
  const requestId = error instanceof ApiError ? error.requestId : undefined;
  return (
    <div className={classes.notice} data-page={page || undefined} role="alert">
      <IconAlertCircle size={32} stroke={1.5} className={classes.bad} aria-hidden="true" />
      <Title className={classes.title}>{title}</Title>
      <p className={classes.body}>{nextStep(error)}</p>
      {requestId && (
        <p className={classes.small}>
          For support: <span className="mono">{requestId}</span>
        </p>
      )}
      {onRetry && (
        <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** What went wrong with something that somebody pressed, beside it. */
export function Problem({ error }: { error: unknown }) {
  const title = error instanceof Error && error.message ? error.message.replace(/\.$/, '') : 'Something went wrong';
  return (
    <p role="alert" className={classes.problem}>
      <b>{title}.</b> {nextStep(error)}
    </p>
  );
}

/** Nothing here, and what will appear. */
export function Empty({
  icon,
  title,
  children,
  page = false,
}: {
  icon?: ReactNode;
  title: string;
  children: ReactNode;
  page?: boolean;
}) {
  return (
    <div className={classes.notice} data-page={page || undefined}>
      {icon && (
        <span className={classes.icon} aria-hidden="true">
          {icon}
        </span>
      )}
      <p className={classes.title}>{title}</p>
      <p className={classes.body}>{children}</p>
    </div>
  );
}

export function NotFound() {
  return (
    <main className={classes.notice} data-page>
      <h1 className={classes.title}>There is no such page</h1>
      <p className={classes.body}>The address may be incomplete.</p>
      <Button component={Link} to="/" variant="default">
        Go to the queue
      </Button>
    </main>
  );
}
