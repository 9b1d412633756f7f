/**
 * What xterm does by markup, which `style-src 'self'` forbids, done by script, which it allows. The bundler (web/build.ts) puts
 * these calls into xterm.
 */

/** In the place of a `<style>` element: a node that gives its text to a style sheet of the document. */
export function styleNode(): Comment {
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

/** In the place of `element.setAttribute("style", css)`. */
export function setStyle(element: HTMLElement, css: string): void {
  element.style.cssText = css;
}
