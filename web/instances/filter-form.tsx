import { useSignal } from "@preact/signals";
import type { TargetedEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Instance } from "../../sdk/types.ts";
import { Field } from "../ui/field.tsx";
import { instanceLink, instancesLink } from "../ui/links.ts";
import { type Filters, filterQuery, isFiltered, searchText } from "./filters.ts";
import { goTo } from "./go.ts";
import { enterHint, readSearch } from "./search.ts";

interface FilterFormProps {
  readonly filters: Filters;
  /** What is listed: it suggests accounts and regions. */
  readonly loaded: readonly (readonly Instance[])[];
}

const states = ["running", "pending", "stopping", "stopped", "shutting-down", "terminated"];

/** What narrows the list. Each change goes into the URL, and comes from there. */
export function FilterForm({ filters, loaded }: FilterFormProps) {
  const set = (changed: Partial<Filters>, how: "push" | "replace" = "push") =>
    goTo(instancesLink(filterQuery({ ...filters, ...changed })), how);
  const take = (field: keyof Filters) => (event: TargetedEvent<HTMLInputElement | HTMLSelectElement>) =>
    set({ [field]: event.currentTarget.value.trim() });
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers of the last years do not know <search>
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <SearchBox filters={filters} set={set} />
      <Field label="State">
        <select value={filters.state ?? ""} onChange={take("state")}>
          <option value="">Any</option>
          {states.map((state) => (
            <option key={state}>{state}</option>
          ))}
        </select>
      </Field>
      <Suggested label="Account" field="accountId" {...{ filters, loaded, onChange: take("accountId") }} />
      <Suggested label="Region" field="region" {...{ filters, loaded, onChange: take("region") }} />
      <Tags filters={filters} set={set} />
    </form>
  );
}

interface SetProps {
  readonly filters: Filters;
  readonly set: (changed: Partial<Filters>, how?: "push" | "replace") => void;
}

/** Milliseconds without another letter. */
const pause = 250;

function SearchBox({ filters, set }: SetProps) {
  const shown = searchText(filters);
  const text = useSignal(shown);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Another URL, as by the Back button: what is typed at the moment is not lost.
  useEffect(() => {
    if (document.activeElement !== input.current || shown !== "") text.value = shown;
  }, [shown, text]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof Element && event.target.matches("input, select, textarea, dialog *");
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      input.current?.select();
    };
    addEventListener("keydown", focus);
    return () => {
      removeEventListener("keydown", focus);
      clearTimeout(timer.current);
    };
  }, []);
  const search = readSearch(text.value);
  const newest = useRef(set);
  newest.current = set;
  const apply = () => {
    const meant = readSearch(text.peek());
    const name = meant.kind === "name" ? meant.name : undefined;
    const address = meant.kind === "address" ? meant.address : undefined;
    newest.current({ name, address }, "replace");
  };
  const type = (event: TargetedEvent<HTMLInputElement>) => {
    text.value = event.currentTarget.value;
    clearTimeout(timer.current);
    timer.current = setTimeout(apply, pause);
  };
  const enter = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") {
      document.querySelector<HTMLElement>(".rows tbody a")?.focus();
      event.preventDefault();
    }
    if (event.key !== "Enter") return;
    clearTimeout(timer.current);
    if (search.kind === "id") return goTo(instanceLink(search));
    if (search.kind !== "tag") return apply();
    text.value = "";
    set({ name: undefined, address: undefined, tags: { ...filters.tags, [search.key]: search.value } });
  };
  return (
    <Field
      label="Search"
      hint={
        enterHint(search) ?? (
          <>
            A name, address, id, or tag as key=value.<span class="keys"> Press / to come here.</span>
          </>
        )
      }
    >
      <input
        ref={input}
        type="search"
        autocomplete="off"
        spellcheck={false}
        maxLength={400}
        value={text.value}
        onInput={type}
        onKeyDown={enter}
      />
    </Field>
  );
}

interface SuggestedProps extends FilterFormProps {
  readonly label: string;
  readonly field: "accountId" | "region";
  readonly onChange: (event: TargetedEvent<HTMLInputElement>) => void;
}

/** A text, of which those in the list are suggested: there may be others. */
function Suggested({ label, field, filters, loaded, onChange }: SuggestedProps) {
  const known = [...new Set(loaded.flatMap((items) => items.map((item) => item[field])))].sort();
  const list = `known-${field}`;
  return (
    <>
      <Field label={label}>
        <input value={filters[field] ?? ""} placeholder="Any" list={list} autocomplete="off" onChange={onChange} />
      </Field>
      <datalist id={list}>
        {known.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
    </>
  );
}

/** The tags that are asked for, each with a button that lets it go. */
function Tags({ filters, set }: SetProps) {
  const { tags } = filters;
  const without = (left: string) => Object.fromEntries(Object.entries(tags).filter(([key]) => key !== left));
  if (!isFiltered(filters)) return null;
  return (
    <ul class="chips">
      {Object.entries(tags).map(([key, value]) => (
        <li key={key}>
          <span class="tag">
            <bdi>{key}</bdi>=<bdi>{value}</bdi>
          </span>
          <button
            type="button"
            class="quiet"
            aria-label={`Remove the tag ${key}`}
            onClick={() => set({ tags: without(key) })}
          >
            ×
          </button>
        </li>
      ))}
      <li>
        <a href={instancesLink()}>Clear all filters</a>
      </li>
    </ul>
  );
}
