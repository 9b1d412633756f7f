/**
 * Runs something that makes `<style>` elements, as xterm does when it opens, under a policy that lets none of them work: each
 * becomes a style sheet of the document's, which is no inline style. (xterm's option `documentOverride` does not reach all.)
 */
export function withAdoptedStyles(run: () => void): void {
  const { createElement } = document;
  document.createElement = ((name: string, options?: ElementCreationOptions) =>
    name === "style" ? adoptedStyle() : createElement.call(document, name, options)) as typeof createElement;
  try {
    run();
  } finally {
    // The document's own, of its prototype, is there again.
    Reflect.deleteProperty(document, "createElement");
  }
}

/** A node that can stand where the element would, and takes the same text. */
function adoptedStyle(): Comment {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const node = document.createComment("");
  Object.defineProperty(node, "textContent", { set: (css: string) => sheet.replaceSync(css) });
  node.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    Comment.prototype.remove.call(node);
  };
  return node;
}
