/** What somebody wrote: as a quotation, apart from the facts, with a text direction of its own. */
export function Quoted({ text, by }: { readonly text: string; readonly by?: string | undefined }) {
  return (
    <figure class="quoted">
      <blockquote>
        <bdi>{text}</bdi>
      </blockquote>
      {by === undefined ? null : <figcaption>{by} wrote</figcaption>}
    </figure>
  );
}
