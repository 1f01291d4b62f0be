import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas, Session } from '../api/client.ts';
import { ApiError, api, expectData } from '../api/client.ts';
import { keys, simulatorQuery } from '../api/queries.ts';
import { simulatorSignIn } from '../api/simulator.ts';
import { Logo } from '../ui/logo.tsx';
import { roleLabel } from '../words.ts';
import classes from './sign-in.module.css';

const offered: readonly Schemas['Role'][] = ['soc_operator', 'soc_lead', 'store_manager', 'compliance', 'admin'];

/** Exchanges a key for a session; in development one click is enough. */
export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const client = useQueryClient();
  const simulator = useQuery(simulatorQuery);
  const [apiKey, setApiKey] = useState('');

  const enter = (session: Session) => {
    client.clear();
    client.setQueryData(keys.session, session);
    router.history.push(next ?? '/');
  };
  const withKey = useMutation({
    mutationFn: () => expectData(api.POST('/v1/session', { body: { apiKey: apiKey.trim() } })),
    onSuccess: enter,
  });
  const withRole = useMutation({ mutationFn: simulatorSignIn, onSuccess: enter });
  const failure = withKey.error ?? withRole.error;
  const roles = offered.filter((role) => simulator.data?.roles.includes(role));

  return (
    <main className={classes.page}>
      <div className={classes.panel}>
        <Logo sizePx={52} />
        <h1 className={classes.title}>Floorwalker</h1>
        <p className={classes.lead}>
          {next ? 'Sign in to go on where you were.' : 'Sign in to see what needs a look.'}
        </p>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            withKey.mutate();
          }}
        >
          <PasswordInput
            label="API key"
            description="From whoever runs Floorwalker at your company."
            size="md"
            value={apiKey}
            onChange={(event) => setApiKey(event.currentTarget.value)}
            autoComplete="current-password"
            autoFocus
            required
            withAsterisk={false}
            error={withKey.error ? sentenceOf(withKey.error) : null}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the key' }}
          />
          <Button type="submit" size="md" fullWidth loading={withKey.isPending} disabled={apiKey.trim() === ''}>
            Sign in
          </Button>
        </form>
        {roles.length > 0 && (
          <section className={classes.demo} aria-labelledby="demo-heading">
            <h2 id="demo-heading" className={classes.demoTitle}>
              Development: no key needed
            </h2>
            <div className={classes.roles}>
              {roles.map((role) => (
                <Button
                  key={role}
                  variant="default"
                  justify="flex-start"
                  loading={withRole.isPending && withRole.variables === role}
                  onClick={() => withRole.mutate(role)}
                >
                  Continue as {roleLabel(role)}
                </Button>
              ))}
            </div>
          </section>
        )}
        {failure && !withKey.error && (
          <p role="alert" className={classes.failure}>
            {sentenceOf(failure)}
          </p>
        )}
      </div>
    </main>
  );
}

function sentenceOf(error: Error): string {
  if (!(error instanceof ApiError) || !error.detail) return error.message;
  return error.status === 401 ? error.detail : `${error.message}. ${error.detail}`;
}
