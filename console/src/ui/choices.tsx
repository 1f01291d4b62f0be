import { Chip } from '@mantine/core';
import classes from './choices.module.css';

interface ChoicesProps<Value extends string> {
  label: string;
  choices: readonly { value: Value; label: string }[];
  value: Value | null;
  onChange: (value: Value) => void;
}

/** One of a few, all of them in sight. */
export function Choices<Value extends string>({ label, choices, value, onChange }: ChoicesProps<Value>) {
  return (
    <fieldset className={classes.group}>
      <legend className={classes.label}>{label}</legend>
      <Chip.Group
        value={value}
        onChange={(chosen) => {
          const found = choices.find((choice) => choice.value === chosen);
          if (found) onChange(found.value);
        }}
      >
        <div className={classes.choices}>
          {choices.map((choice) => (
            <Chip key={choice.value} value={choice.value} size="sm" variant="outline">
              {choice.label}
            </Chip>
          ))}
        </div>
      </Chip.Group>
    </fieldset>
  );
}

/** A table of words as choices. */
export const choicesOf = <Value extends string>(words: Readonly<Record<Value, string>>) =>
  (Object.entries(words) as [Value, string][]).map(([value, label]) => ({ value, label }));
