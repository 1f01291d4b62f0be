import type { ReactNode } from 'react';
import classes from './notices.module.css';

interface NoticeProps {
  tone: 'bad' | 'warn' | 'info';
  icon: ReactNode;
  title: string;
  action?: ReactNode;
  children?: ReactNode;
  testId?: string;
}

/** One thing that must be known before anything else, with what can be done about it. */
export function Notice({ tone, icon, title, action, children, testId }: NoticeProps) {
  return (
    <section className={classes.notice} data-tone={tone} aria-label={title} data-testid={testId}>
      <span className={classes.icon} aria-hidden="true">
        {icon}
      </span>
      <div className={classes.words}>
        <p className={classes.title}>{title}</p>
        {children}
      </div>
      {action}
    </section>
  );
}
