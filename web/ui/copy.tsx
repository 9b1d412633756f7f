import { useSignal } from "@preact/signals";

/** A text to copy, and the button that does it. @param label what it is, for the button's name */
export function Copyable({ text, label }: { readonly text: string; readonly label: string }) {
  const said = useSignal("");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => {
        said.value = "Copied";
      },
      () => {
        said.value = "Select the text and copy it: the browser does not let the page";
      },
    );
  return (
    <span class="copyable">
      <code>{text}</code>
      <button type="button" class="quiet" aria-label={`Copy ${label}`} onClick={copy} onBlur={() => (said.value = "")}>
        Copy
      </button>
      <span role="status">{said.value}</span>
    </span>
  );
}
