import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { AccessPage } from "../access/access-page.tsx";
import { AskPage } from "../access/ask-page.tsx";
import { RequestPage } from "../access/request-page.tsx";
import { ReviewsPage } from "../access/reviews-page.tsx";
import { AuditPage } from "../audit/audit-page.tsx";
import { StoryPage } from "../audit/story-page.tsx";
import { InstancePage } from "../instances/instance-page.tsx";
import { InstancesPage } from "../instances/instances-page.tsx";
import { instancesLink } from "../ui/links.ts";
import type { Route } from "./route.ts";

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

/** The page of a route. Its heading gets the focus, so that a screen reader says where one is. */
export function Page({ route }: { readonly route: Route }) {
  const { page } = route;
  useEffect(() => {
    document.title = `${titles[page]} – Latchkey`;
    const heading = document.querySelector<HTMLElement>("main h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [page]);
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
