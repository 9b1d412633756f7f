import { useRef } from "preact/hooks";
import { Field } from "../ui/field.tsx";
import { State } from "../ui/state.tsx";
import { transferWords } from "./transfer-words.ts";
import type { Transfer, Transfers } from "./transfers.ts";

/** Files to and from the host, for those who drop none on the terminal. */
export function Files({ transfers }: { readonly transfers: Transfers }) {
  const path = useRef<HTMLInputElement>(null);
  const fetchFile = (event: SubmitEvent) => {
    event.preventDefault();
    if (path.current?.value) void transfers.download(path.current.value);
  };
  const send = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    for (const file of currentTarget.files ?? []) void transfers.upload(file);
    currentTarget.value = ""; // so that the same file can be chosen again
  };
  return (
    <section class="files" aria-label="Files">
      <Field label="Upload to your home on the host" hint="Or drop files on the terminal. Nothing is overwritten.">
        <input type="file" multiple onChange={send} />
      </Field>
      <form onSubmit={fetchFile}>
        <Field label="Download" hint="A file's path on the host, from your home.">
          <input ref={path} type="text" spellcheck={false} autocapitalize="off" required />
        </Field>
        <button type="submit">Download</button>
      </form>
      <ul aria-live="polite">
        {transfers.list.value.map((transfer) => (
          <Row key={transfer.number} transfer={transfer} />
        ))}
      </ul>
    </section>
  );
}

function Row({ transfer: { direction, name, state, cancel } }: { readonly transfer: Transfer }) {
  const { tone, words } = transferWords(state.value);
  return (
    <li>
      {direction === "upload" ? "Upload of" : "Download of"} <bdi>{name}</bdi>: <State tone={tone}>{words}</State>{" "}
      {state.value.is === "running" ? (
        <button type="button" class="quiet" onClick={cancel}>
          Cancel
        </button>
      ) : null}
    </li>
  );
}
