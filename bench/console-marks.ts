/**
 * Notes in the page itself when things happen, in milliseconds since its navigation began, so that what drives the browser takes no
 * part in the times.
 */
export interface ConsoleMarks {
  /** One can sign in. */
  readonly canSignIn?: number;
  /** The first instance is in the list. */
  readonly listed?: number;
  /** Connect was pressed, and the prompt was on the screen. */
  readonly pressed?: number;
  readonly prompted?: number;
  /** A key was pressed, the next packet from the instance was decrypted, and then the screen changed. */
  readonly key?: number;
  readonly echoed?: number;
  readonly shown?: number;
}

/** What each page runs before its own scripts. `noted(NAME)` there resolves to `ConsoleMarks` once they have that one. */
export const markingScript = `(() => {
  let marks = {};
  const waiting = new Map();
  const note = (name) => {
    marks[name] ??= performance.now();
    waiting.get(name)?.(marks);
    waiting.delete(name);
  };
  window.noted = (name) => new Promise((resolve) => {
    if (marks[name] === undefined) waiting.set(name, resolve);
    else resolve(marks);
  });
  window.forget = () => (marks = {});
  const has = (selector) => document.querySelector(selector) !== null;
  const isPrompt = ({ offsetParent, textContent }) => offsetParent !== null && /[#$]\\s*$/.test(textContent);
  const prompt = () => [...document.querySelectorAll(".xterm-rows")].some(isPrompt);
  addEventListener("click", ({ target }) => {
    if (target.closest("button")?.textContent.trim() === "Connect") marks.pressed = performance.now();
  }, true);
  addEventListener("keydown", () => {
    delete marks.echoed;
    delete marks.shown;
    marks.key = performance.now();
  }, true);
  new MutationObserver((changes) => {
    if (has("main button.main")) note("canSignIn");
    if (has("main a[href*='/i-0']")) note("listed");
    if (marks.pressed !== undefined && prompt()) note("prompted");
    if (marks.echoed !== undefined && changes.some(({ target }) => target.parentElement?.closest(".xterm-rows"))) note("shown");
  }).observe(document, { subtree: true, childList: true, characterData: true });
  const { subtle } = crypto;
  const decrypt = subtle.decrypt.bind(subtle);
  subtle.decrypt = async (...of) => {
    const plain = await decrypt(...of);
    if (marks.key !== undefined) note("echoed");
    return plain;
  };
})();`;
