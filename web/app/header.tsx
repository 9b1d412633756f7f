import { hasTerminal } from "../api/config.ts";
import { me } from "../api/me.ts";
import { useLoaded } from "../api/use-loaded.ts";
import type { Session } from "../sign-in/session.ts";
import { sessions } from "../terminal/sessions.ts";
import { accessLink, auditLink, instancesLink, reviewsLink, terminalLink } from "../ui/links.ts";
import type { Route } from "./route.ts";

/** The parts of the console, and the pages that belong to each. */
const parts = [
  ["Instances", instancesLink, ["instances", "instance"]],
  ["Terminals", terminalLink, ["terminals"]],
  ["My access", accessLink, ["access", "ask", "request"]],
  ["Reviews", reviewsLink, ["reviews"]],
  ["Audit", auditLink, ["audit", "story"]],
] as const;

/** The console's parts, and who is signed in. */
export function Header({ route, session }: { readonly route: Route; readonly session: Session }) {
  const { value: caller } = useLoaded(me, []);
  const shown = parts.filter(([name]) => name !== "Terminals" || hasTerminal());
  return (
    <header class="top">
      <a class="brand" href={instancesLink()}>
        Latchkey
      </a>
      <nav aria-label="Console">
        <ul>
          {shown.map(([name, link, pages]) => (
            <li key={name}>
              <a href={link()} aria-current={(pages as readonly string[]).includes(route.page) ? "page" : undefined}>
                {name}
                {name === "Terminals" && sessions.value.length > 0 ? (
                  <span class="count">{sessions.value.length}</span>
                ) : null}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="who">
        {caller ? (
          <span title={caller.groups.join(", ")}>
            <bdi>{caller.id}</bdi>
          </span>
        ) : null}
        <button type="button" class="quiet" onClick={() => void session.signOut()}>
          Sign out
        </button>
      </div>
    </header>
  );
}
