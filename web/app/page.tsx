import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { InstancesPage } from "../instances/instances-page.tsx";
import { focusHeading } from "../ui/heading.ts";
import { instancesLink } from "../ui/links.ts";
import { later } from "./later.tsx";
import type { Route } from "./route.ts";
// With the first styles: what is loaded later has none of its own.
import "../access/access.css";
import "../audit/audit.css";

const InstancePage = later(async () => (await import("../instances/instance-page.tsx")).InstancePage);
const AccessPage = later(async () => (await import("../access/pages.ts")).AccessPage);
const AskPage = later(async () => (await import("../access/pages.ts")).AskPage);
const RequestPage = later(async () => (await import("../access/pages.ts")).RequestPage);
const ReviewsPage = later(async () => (await import("../access/pages.ts")).ReviewsPage);
const AuditPage = later(async () => (await import("../audit/pages.ts")).AuditPage);
const StoryPage = later(async () => (await import("../audit/pages.ts")).StoryPage);

const titles: Readonly<Record<Route["page"], string>> = {
  instances: "Instances",
  instance: "Instance",
  terminals: "Terminals",
  access: "My access",
  ask: "Ask for access",
  request: "Access request",
  reviews: "Reviews",
  audit: "Audit",
  story: "Story",
  unknown: "Page not found",
};

/** The page of a route. Its heading gets the focus. */
export function Page({ route }: { readonly route: Route }) {
  const { page } = route;
  const about = "address" in route ? route.address.instanceId : "id" in route ? route.id : "";
  useEffect(() => {
    document.title = `${titles[page]} – Latchkey`;
    focusHeading();
    scrollTo(0, 0);
  }, [page, about]);
  return pageOf(route);
}

function pageOf(route: Route): JSX.Element | null {
  switch (route.page) {
    case "instances":
      return <InstancesPage query={route.query} />;
    case "instance":
      return <InstancePage address={route.address} />;
    case "access":
      return <AccessPage query={route.query} />;
    case "ask":
      return <AskPage query={route.query} />;
    case "request":
      return <RequestPage id={route.id} />;
    case "reviews":
      return <ReviewsPage query={route.query} />;
    case "audit":
      return <AuditPage query={route.query} />;
    case "story":
      return <StoryPage query={route.query} />;
    case "terminals":
      return null; // they are always there
    case "unknown":
      return (
        <>
          <h1>Page not found</h1>
          <p>
            The console has no such page. Go to the <a href={instancesLink()}>instances</a>.
          </p>
        </>
      );
  }
}
