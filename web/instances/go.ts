/**
 * Shows the page of a link.
 *
 * @param how `replace`: the page that one comes from is not one to go back to, as with each letter of a search.
 */
export function goTo(link: string, how: "push" | "replace" = "push"): void {
  if (link === location.hash) return;
  if (how === "push") location.hash = link;
  else location.replace(link);
}
