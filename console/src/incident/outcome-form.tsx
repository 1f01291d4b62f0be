import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { amountPlaceholder, minorOf, typedAmount } from '../format.ts';
import { newKey } from '../ids.ts';
import { choicesOf } from '../ui/choices.tsx';
import { Problem } from '../ui/notices.tsx';
import { type Intervention, interventions } from '../words-after.ts';
import classes from './outcome-form.module.css';

type Command = Schemas['OutcomeCommand'];

interface ItemDraft {
  key: string;
  label: string;
  quantity: string;
  amount: string;
}

interface Draft {
  intervention: Intervention;
  currency: string;
  loss: string;
  recovered: string;
  prevented: string;
  items: ItemDraft[];
  notes: string;
}

const currencies = Intl.supportedValuesOf('currency');
const noCurrency = 'Choose a currency first';
const newItem = (label = ''): ItemDraft => ({ key: newKey(), label, quantity: '1', amount: '' });

function draftOf(incident: IncidentDetail): Draft {
  const { outcome } = incident;
  const currency = outcome?.currency ?? incident.posLines.find((line) => line.currency)?.currency ?? '';
  const first: Draft = {
    ...{ intervention: 'none', currency, loss: '', recovered: '', prevented: '', notes: '' },
    items: incident.item ? [newItem(incident.item.label)] : [],
  };
  if (!outcome) return first;
  return {
    intervention: outcome.intervention in interventions ? (outcome.intervention as Intervention) : 'none',
    currency,
    loss: typedAmount(outcome.lossMinor, currency),
    recovered: typedAmount(outcome.recoveredMinor, currency),
    prevented: typedAmount(outcome.preventedMinor, currency),
    items: outcome.items.map(({ label, quantity, amountMinor }) => ({
      ...newItem(label),
      quantity: String(quantity),
      amount: typedAmount(amountMinor, currency),
    })),
    notes: outcome.notes ?? '',
  };
}

const amountFields = [
  { name: 'loss', label: 'Lost' },
  { name: 'recovered', label: 'Came back' },
  { name: 'prevented', label: 'Prevented' },
] as const;

/** What came of it in goods and money; may be completed and changed later. */
export function OutcomeForm({ incident }: { incident: IncidentDetail }) {
  const [draft, setDraft] = useState(() => draftOf(incident));
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const changeItem = (key: string, part: Partial<ItemDraft>) =>
    change({ items: draft.items.map((item) => (item.key === key ? { ...item, ...part } : item)) });
  const save = useIncidentCommand(incident.id, (body: Command) =>
    expectData(api.PUT('/v1/incidents/{incidentId}/outcome', { params: { path: { incidentId: incident.id } }, body })),
  );
  const amountError = (typed: string): string | undefined => {
    if (typed.trim() === '') return undefined;
    if (draft.currency === '') return noCurrency;
    return minorOf(typed, draft.currency) === null
      ? `Not an amount; write ${amountPlaceholder(draft.currency)}`
      : undefined;
  };
  const command = commandOf(draft);
  return (
    <form
      className={classes.form}
      aria-label="What came of it"
      data-testid="outcome-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (command) save.mutate(command);
      }}
    >
      <div className={classes.row}>
        <Select
          label="What was done"
          data={choicesOf(interventions)}
          value={draft.intervention}
          onChange={(value) => change({ intervention: (value as Intervention | null) ?? 'none' })}
          allowDeselect={false}
          className={classes.wide}
        />
        <Select
          label="Currency"
          data={currencies}
          value={draft.currency || null}
          onChange={(value) => change({ currency: value ?? '' })}
          searchable
          allowDeselect={false}
          placeholder="Choose"
        />
        {amountFields.map(({ name, label }) => (
          <TextInput
            key={name}
            label={label}
            inputMode="decimal"
            placeholder={draft.currency ? amountPlaceholder(draft.currency) : ''}
            value={draft[name]}
            error={amountError(draft[name])}
            onChange={(event) => change({ [name]: event.currentTarget.value })}
          />
        ))}
      </div>
      {draft.items.map((item, index) => (
        <fieldset key={item.key} className={classes.item} aria-label={`Item ${index + 1}`}>
          <TextInput
            label="Item"
            maxLength={120}
            value={item.label}
            className={classes.wide}
            onChange={(event) => changeItem(item.key, { label: event.currentTarget.value })}
          />
          <TextInput
            label="How many"
            inputMode="decimal"
            value={item.quantity}
            error={quantityOf(item.quantity) === null ? 'A number above 0' : undefined}
            onChange={(event) => changeItem(item.key, { quantity: event.currentTarget.value })}
          />
          <TextInput
            label="Worth (all of it)"
            inputMode="decimal"
            placeholder={draft.currency ? amountPlaceholder(draft.currency) : ''}
            value={item.amount}
            error={amountError(item.amount)}
            onChange={(event) => changeItem(item.key, { amount: event.currentTarget.value })}
          />
          <Button
            variant="default"
            aria-label={`Remove item ${index + 1}`}
            onClick={() => change({ items: draft.items.filter(({ key }) => key !== item.key) })}
            px="sm"
          >
            <IconTrash size={17} />
          </Button>
        </fieldset>
      ))}
      <div>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconPlus size={16} />}
          onClick={() => change({ items: [...draft.items, newItem()] })}
          disabled={draft.items.length >= 200}
        >
          Add an item
        </Button>
      </div>
      <Textarea
        label="Notes"
        description="Describe what happened, not who somebody is."
        autosize
        minRows={2}
        maxRows={10}
        maxLength={4000}
        value={draft.notes}
        onChange={(event) => change({ notes: event.currentTarget.value })}
      />
      {save.isError && <Problem error={save.error} />}
      <div className={classes.foot}>
        {save.isSuccess && (
          <p role="status" className={classes.saved}>
            Recorded.
          </p>
        )}
        <Button type="submit" loading={save.isPending} disabled={!command}>
          {incident.outcome ? 'Change it' : 'Record it'}
        </Button>
      </div>
    </form>
  );
}

function quantityOf(typed: string): number | null {
  const value = Number(typed.trim().replace(',', '.'));
  return typed.trim() !== '' && value > 0 && value <= 100_000 ? value : null;
}

/** What the fields say, or null while something in them does not hold. */
function commandOf(draft: Draft): Command | null {
  const { currency } = draft;
  if (currency === '') return null;
  const amount = (typed: string) => (typed.trim() === '' ? 0 : minorOf(typed, currency));
  const [lossMinor, recoveredMinor, preventedMinor] = [draft.loss, draft.recovered, draft.prevented].map(amount);
  const items = draft.items
    .filter(({ label }) => label.trim() !== '')
    .map((item) => ({
      label: item.label.trim(),
      quantity: quantityOf(item.quantity),
      amountMinor: item.amount.trim() === '' ? null : minorOf(item.amount, currency),
      isAmountWrong: item.amount.trim() !== '' && minorOf(item.amount, currency) === null,
    }));
  if (lossMinor == null || recoveredMinor == null || preventedMinor == null) return null;
  if (items.some(({ quantity, isAmountWrong }) => quantity === null || isAmountWrong)) return null;
  return {
    ...{ intervention: draft.intervention, currency, lossMinor, recoveredMinor, preventedMinor },
    items: items.map(({ label, quantity, amountMinor }) => ({ label, quantity: quantity ?? 1, amountMinor })),
    notes: draft.notes.trim() || null,
  };
}
