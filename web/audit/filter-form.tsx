import type { ComponentChild } from "preact";
import { faultAt } from "../api/help.ts";
import { Field } from "../ui/field.tsx";
import { auditLink } from "../ui/links.ts";
import { knownTypes } from "./event-words.ts";
import { countNarrowing, type Filters, localTime, narrowing, type Period, utcOf } from "./filters.ts";

const texts = [
  ["instanceId", "Instance id"],
  ["subject", "Subject"],
  ["actor", "Actor"],
  ["accessRequestId", "Access request"],
  ["connectionId", "Connection"],
] as const;

interface FilterFormProps {
  readonly filters: Filters;
  /** What the API said of them. */
  readonly error: unknown;
}

/** The filters of the list. Pressing its button changes the URL, which is what the page shows. */
export function FilterForm({ filters, error }: FilterFormProps) {
  const faultOf = (name: string) => {
    const fault = faultAt(error, `/${name}`);
    return fault && `The API does not take it: ${fault}`;
  };
  const count = countNarrowing(filters);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const textOf = (name: string) => String(given.get(name) ?? "").trim();
    const fields = Object.fromEntries(narrowing.map((name) => [name, textOf(name)]));
    const exact = { from: utcOf(textOf("from")), to: utcOf(textOf("to")) };
    const isExact = exact.from !== undefined || exact.to !== undefined;
    location.hash = auditLink({ ...fields, ...(isExact ? exact : { last: filters.last }) });
  };
  return (
    <details class="audit-filters" open={count > 0 || filters.from !== undefined || filters.to !== undefined}>
      <summary>Filters{count > 0 ? <span class="count">{count}</span> : null}</summary>
      <form onSubmit={submit} key={JSON.stringify(filters)}>
        <Field label="Event" error={faultOf("type")}>
          <select name="type" defaultValue={filters.type ?? ""}>
            <option value="">Every event</option>
            {typesWith(filters.type).map(([type, title]) => (
              <option key={type} value={type}>
                {title}
              </option>
            ))}
          </select>
        </Field>
        {texts.map(([name, label]) => (
          <Field key={name} label={label} error={faultOf(name)}>
            <input name={name} defaultValue={filters[name] ?? ""} autoComplete="off" spellcheck={false} />
          </Field>
        ))}
        <Moment name="from" label="From" at={filters.from} error={faultOf("from")} />
        <Moment name="to" label="Before" at={filters.to} error={faultOf("to")} />
        <p class="actions">
          <button type="submit" class="main">
            Show events
          </button>
          <a class="button" href={auditLink()}>
            Clear
          </a>
        </p>
      </form>
    </details>
  );
}

/** The types to choose from, and one of a later version that the URL names. */
function typesWith(type: string | undefined) {
  const isKnown = type === undefined || knownTypes.some(([known]) => known === type);
  return isKnown ? knownTypes : [...knownTypes, [type, type] as const];
}

interface MomentProps {
  readonly name: string;
  readonly label: string;
  readonly at: string | undefined;
  readonly error: string | undefined;
}

function Moment({ name, label, at, error }: MomentProps) {
  return (
    <Field label={label} hint={at === undefined ? "in your time zone" : `${at} in UTC`} error={error}>
      <input type="datetime-local" step={1} name={name} defaultValue={localTime(at)} />
    </Field>
  );
}

const periods: readonly (readonly [Period | undefined, string])[] = [
  [undefined, "Any time"],
  ["hour", "Last hour"],
  ["day", "Last day"],
  ["week", "Last week"],
];

/** Periods by one press. */
export function Periods({ filters }: { readonly filters: Filters }) {
  const isExact = filters.from !== undefined || filters.to !== undefined;
  const fields = Object.fromEntries(narrowing.map((name) => [name, filters[name]]));
  const isShown = (last: Period | undefined) => !isExact && filters.last === last;
  return (
    <nav aria-label="Period" class="periods">
      {periods.map(
        ([last, title]): ComponentChild => (
          <a key={title} href={auditLink({ ...fields, last })} aria-current={isShown(last) ? "true" : undefined}>
            {title}
          </a>
        ),
      )}
    </nav>
  );
}
