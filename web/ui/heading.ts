/** Gives the page's heading the focus: after a change of page, or when what was pressed is gone. A screen reader then reads it. */
export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>("main h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}
