import { Button } from '@mantine/core';
import { IconPencil, IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import page from '../../pages/page.module.css';
import { Chip } from '../../ui/chip.tsx';
import { Failure, Loading } from '../../ui/notices.tsx';
import { roleLabel } from '../../words.ts';
import { peopleQuery } from '../queries.ts';
import { channelLabels, localeLabels, maskedNumber } from '../words.ts';
import classes from './people.module.css';
import { PersonDialog } from './person-dialog.tsx';

type Person = Schemas['Person'];

/** "Text, then call". */
const channelOrder = (channels: Person['channels']): string =>
  channels
    .map((channel, index) => (index === 0 ? channelLabels[channel] : channelLabels[channel].toLowerCase()))
    .join(', then ');

/** Who can be reached, and how. */
export function People({ stores }: { stores: readonly Schemas['Store'][] }) {
  const people = useQuery(peopleQuery);
  const [editing, setEditing] = useState<Person | 'new' | null>(null);
  const nameOf = (storeId: string) => stores.find(({ id }) => id === storeId)?.name ?? storeId;
  if (people.isPending) return <Loading label="Loading the people" />;
  if (people.isError) return <Failure error={people.error} onRetry={() => void people.refetch()} />;
  return (
    <>
      <div className={classes.head}>
        <p className={classes.dim}>
          Numbers are whole only where they are changed. A person is on duty only during their shifts.
        </p>
        <Button variant="default" leftSection={<IconUserPlus size={17} />} onClick={() => setEditing('new')}>
          Add a person
        </Button>
      </div>
      <ul className={page.card} data-testid="people">
        {people.data.items.map((person) => (
          <li key={person.id} className={classes.person} data-person={person.id}>
            <div>
              <b className={classes.name}>{person.displayName}</b>
              <p className={classes.dim}>
                {roleLabel(person.role)} · {person.homeStoreId ? nameOf(person.homeStoreId) : 'several stores'}
              </p>
            </div>
            <div>
              <span className="tabular">{person.phone ? maskedNumber(person.phone) : 'no number'}</span>
              {person.textsStopped && <Chip tone="warn">Answered STOP</Chip>}
              <p className={classes.dim}>{channelOrder(person.channels)}</p>
            </div>
            <div className={classes.dim}>
              {localeLabels[person.locale]}
              <p>
                {person.quietFrom && person.quietTo ? `Quiet ${person.quietFrom}–${person.quietTo}` : 'No quiet hours'}
              </p>
            </div>
            {person.maintained ? (
              <Button
                variant="default"
                size="xs"
                leftSection={<IconPencil size={15} />}
                aria-label={`Change ${person.displayName}`}
                onClick={() => setEditing(person)}
              >
                Change
              </Button>
            ) : (
              <span />
            )}
          </li>
        ))}
      </ul>
      {editing && (
        <PersonDialog
          key={editing === 'new' ? 'new' : editing.id}
          person={editing === 'new' ? null : editing}
          stores={stores}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}
