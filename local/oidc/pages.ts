import { createHash } from "node:crypto";
import type { ErrorOut, KoaContextWithOIDC } from "oidc-provider";

type Context = Pick<KoaContextWithOIDC, "body" | "type" | "set">;

/** Shows a page that loads nothing: no font, no image. @param body HTML: text in it is escaped already */
function showPage(context: Context, title: string, body: string, script = ""): void {
  const scripts = script && `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'; `;
  context.set(
    "Content-Security-Policy",
    `default-src 'none'; style-src 'unsafe-inline'; img-src data:; ${scripts}base-uri 'none'`,
  );
  context.set("X-Frame-Options", "DENY");
  context.type = "html";
  context.body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }
  main { max-width: 26rem; margin: 3rem auto; padding: 0 1rem }
  button, input[type="text"] { font: inherit; width: 100%; padding: .6rem; margin: .3rem 0; box-sizing: border-box }
</style>
<main>
<h1>${title}</h1>
${body}
</main>${script && `\n<script>${script}</script>`}
</html>
`;
}

/** One button for each person. @param people their groups by name */
export function showSignIn(context: Context, people: Readonly<Record<string, readonly string[]>>): void {
  const buttons = Object.entries(people).map(
    ([name, groups]) => `<button name="as" value="${name}">${name} (${groups.join(", ")})</button>`,
  );
  showPage(
    context,
    "Sign in to the local stack",
    `<p>Who are you? No password is needed.</p>\n<form>\n${buttons.join("\n")}\n</form>`,
  );
}

/** @param form the provider's, with a field for the code */
export function showCodeForm(context: Context, form: string, error?: Error): void {
  const labelled = form.replace('name="user_code"', 'id="code" name="user_code"');
  const said = error === undefined ? "" : `<p role="alert">${escaped(endings[error.name] ?? "Try again.")}</p>\n`;
  showPage(
    context,
    "Sign in a device",
    `${said}<label for="code">The code that your device shows</label>\n${labelled}\n<button form="op.deviceInputForm">Continue</button>`,
  );
}

const endings: Readonly<Record<string, string>> = {
  AbortedError: "The device is not signed in.",
  AlreadyUsedError: "This code was used before.",
  ExpiredError: "This code has expired.",
  NoCodeError: "Enter the code.",
  NotFoundError: "There is no such code.",
};

/** @param form the provider's, with hidden fields alone */
export function showCodeConfirmation(context: Context, form: string, userCode: string): void {
  showPage(
    context,
    "Sign in a device",
    `<p>Does your device show this code?</p>\n<p><strong>${escaped(userCode)}</strong></p>\n${form}
<button form="op.deviceConfirmForm">Yes, sign it in</button>
<button form="op.deviceConfirmForm" name="abort" value="yes">No</button>`,
  );
}

/** Signs out without a question, if scripts run. @param form the provider's, with hidden fields alone */
export function showSignOut(context: Context, form: string): void {
  const button = '<button form="op.logoutForm" name="logout" value="yes">Sign out</button>';
  showPage(context, "Sign out of the local stack", `${form}\n${button}`, 'document.querySelector("button").click()');
}

export function showSignedOut(context: Context): void {
  showPage(context, "You are signed out", "<p>You can close this page.</p>");
}

export function showDeviceDone(context: Context): void {
  showPage(context, "Your device is signed in", "<p>You can close this page.</p>");
}

export function showError(context: Context, out: ErrorOut): void {
  showPage(context, "Not signed in", `<p role="alert">${escaped(out.error_description ?? out.error)}</p>`);
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
